import { type Bench, startPlainOn } from "#bench/bench.ts";
import { withoutThreadBound } from "#bench/builds/low-thread-bound.ts";
import { createRecorder, type Party, type Samples } from "#bench/samples.ts";
import { prepareBuild, type Server, startFunction } from "#bench/servers.ts";
import { median } from "#bench/statistics.ts";

const turnsOfConversation = 500;
const turnsOfBlock = 10;
const warmUpTurns = 100;
const lowBound = 4_000;

/** One conversation of 500 turns. */
interface Conversation {
  party: Party;
  /** The bound of the thread in tokens. Undefined for the plain server, which has none. */
  threadTokens: number | undefined;
  server: Server;
  database: string;
  headers: Record<string, string>;
  conversationId: string | undefined;
  firstTokenMs: number[];
}

/** The first token along a conversation: the median of each ten turns. */
export interface GrowthSeries {
  party: Party;
  threadTokens: number | undefined;
  firstTokenMs: number[];
}

/**
 * Measures how the first token and the stored bytes grow with a conversation. The conversations take turns. Autovacuum is off,
 * because it would run at a random moment before the bytes are measured: they are measured with all dead rows, and after a
 * plain VACUUM.
 */
export async function measureGrowth(
  bench: Bench,
): Promise<{ samples: Samples; growth: GrowthSeries[] }> {
  await using cleanUp = new AsyncDisposableStack();
  const { services } = bench.commons;
  const bytesOf = (database: string) => services.call<number>("databaseBytes", database);
  await services.call("setAutovacuum", "off");
  cleanUp.defer(() => services.call("setAutovacuum", "on"));
  const conversations = await startConversations(bench, cleanUp);
  for (const { server } of conversations) await bench.run(server, { turns: warmUpTurns });
  const bytesBefore = await Promise.all(conversations.map(({ database }) => bytesOf(database)));

  for (let turn = 1; turn <= turnsOfConversation; turn += turnsOfBlock) {
    for (const conversation of conversations) await sendBlock(bench, conversation, turn);
    if (turn % 100 === 1) bench.note(`growth: turn ${turn} of ${turnsOfConversation}`);
  }

  const { samples, add } = createRecorder();
  for (const [index, conversation] of conversations.entries()) {
    const { party, threadTokens, database, firstTokenMs } = conversation;
    const storedMegabytes = async () =>
      ((await bytesOf(database)) - (bytesBefore[index] ?? 0)) / 1_048_576;
    const stored = await storedMegabytes();
    await services.call("vacuum", database);
    const vacuumed = await storedMegabytes();
    // The plain server has no bound, so both rows compare with the same conversation.
    for (const bound of threadTokens === undefined ? [lowBound, 48_000] : [threadTokens]) {
      add(`growth-${bound}`, party, growthOf(firstTokenMs));
      add(`stored-${bound}`, party, stored);
      add(`vacuumed-${bound}`, party, vacuumed);
    }
  }
  const growth = conversations.map(({ party, threadTokens, firstTokenMs }) => ({
    party,
    threadTokens,
    firstTokenMs: blocksOf(firstTokenMs).map(median),
  }));
  return { samples, growth };
}

/** The median of turns 491 to 500 over the median of turns 6 to 15. */
const growthOf = (firstTokenMs: readonly number[]): number =>
  median(firstTokenMs.slice(-turnsOfBlock)) / median(firstTokenMs.slice(5, 15));

const blocksOf = (values: readonly number[]) =>
  Array.from({ length: values.length / turnsOfBlock }, (_, block) =>
    values.slice(block * turnsOfBlock, (block + 1) * turnsOfBlock),
  );

async function startConversations(
  bench: Bench,
  cleanUp: AsyncDisposableStack,
): Promise<Conversation[]> {
  const conversations: Conversation[] = [];
  const add = async (
    party: Party,
    threadTokens: number | undefined,
    database: string,
    server: Server,
  ) =>
    conversations.push({
      party,
      threadTokens,
      server,
      database,
      headers: await server.logIn(),
      conversationId: party === "plain" ? crypto.randomUUID() : undefined,
      firstTokenMs: [],
    });
  for (const { party, build } of bench.builds) {
    for (const threadTokens of party === "this" ? [48_000, lowBound] : [48_000]) {
      const database = `growth_${party}_${threadTokens}`;
      const prepared = await prepareBuild(build, bench.commons, cleanUp, database);
      const bounded = {
        ...prepared,
        build: threadTokens === lowBound ? withoutThreadBound(build, bench.folder) : build,
        environment: { ...prepared.environment, THREAD_TOKENS: String(threadTokens) },
      };
      await add(party, threadTokens, database, await startFunction(bounded, cleanUp));
    }
  }
  const database = "growth_plain";
  await add("plain", undefined, database, await startPlainOn(bench, database, cleanUp));
  return conversations;
}

async function sendBlock(bench: Bench, conversation: Conversation, firstTurn: number) {
  const { server, headers, conversationId } = conversation;
  // A new conversation has no id before its first turn.
  const blocks = conversationId === undefined ? [1, turnsOfBlock - 1] : [turnsOfBlock];
  let turn = firstTurn;
  for (const turns of blocks) {
    const result = await bench.run(server, {
      turns,
      headers,
      firstTurn: turn,
      conversationId: conversation.conversationId,
    });
    conversation.conversationId ??= result.conversationId;
    conversation.firstTokenMs.push(...result.turns.map((one) => one.firstTokenMs));
    turn += turns;
  }
}
