import { describe, expect, it } from "vitest";
import type { ToolCall } from "#lib/contract/chat.ts";
import type { Source } from "#lib/contract/source.ts";
import { createConversationStore } from "#lib/conversations/conversation-store.ts";
import type { Statement } from "#lib/platform/postgres.ts";
import { deleteThreads } from "#lib/thread/delete-threads.ts";
import { openStores } from "./open-stores.ts";
import { acceptAll, claimLease, endOf, newOwner } from "./turn-steps.ts";

const { conversations, database, requestsOf, sql, turns } = await openStores();

/** The limit of a buffered Lambda response, which is JSON inside JSON. */
const lambdaBytes = 6_291_556;
const sentBytes = (body: unknown) => Buffer.byteLength(JSON.stringify(JSON.stringify(body)));

/** The longest that the gate allows. */
const longSources = Array.from({ length: 64 }, (_, index) => ({
  ...{ index: index + 1, title: "語".repeat(300), quote: '"'.repeat(600) },
  url: `https://a.example/${"x".repeat(1_900)}`,
}));

const toolCalls = (output: string, tableBytes = 0): ToolCall[] =>
  Array.from({ length: 16 }, (_, i) => ({
    id: `call-${i}`,
    name: "read_page",
    state: "done",
    input: {},
    output,
    ...(tableBytes > 0 && {
      table: {
        columns: [{ name: "text", type: "text" as const }],
        ...{ rows: [['"'.repeat(tableBytes / 2)]], total_rows: 1, is_cut: false },
      },
    }),
  }));

/** Returns a conversation of so many equal answered turns. */
async function conversationOf(
  count: number,
  { text = "answer", ...turn }: { text?: string; tools?: ToolCall[]; sources?: Source[] },
) {
  const owner = newOwner();
  let conversationId: string | undefined;
  for (let i = 0; i < count; i += 1) {
    const where = conversationId === undefined ? { owner } : { owner, conversationId };
    const [accepted] = await acceptAll(turns, [`message ${i}`], where);
    conversationId = accepted.conversationId;
    const lease = await claimLease(turns, accepted);
    await lease.finish(endOf(text, turn));
  }
  if (conversationId === undefined) throw new Error("There is at least one turn.");
  return { owner, id: conversationId };
}

/** Reads all pages from the newest to the oldest. Expects one database request a page, and a page that fits into a Lambda response. */
async function readPages(conversation: { owner: string; id: string }, limit: number) {
  const pages: string[][] = [];
  let before: string | undefined;
  const readPage = async () => {
    const page = await conversations.get({ ...conversation, before, limit });
    expect(sentBytes(page)).toBeLessThan(lambdaBytes);
    pages.push(page?.turns.map(({ message }) => message) ?? []);
    before = page?.earlier_cursor ?? undefined;
  };
  do expect(await requestsOf(readPage)).toBe(1);
  while (before);
  return pages;
}

const messages = (count: number) => Array.from({ length: count }, (_, i) => `message ${i}`);

describe("a page of a transcript", () => {
  it.each([
    ["16 tool results of 8 KB", { tools: toolCalls("x".repeat(8_192)) }],
    ["16 tool results of 8 KB of quotes", { tools: toolCalls('"'.repeat(8_192)) }],
    ["16 tool results of 8 KB of control characters", { tools: toolCalls("\u0001".repeat(8_192)) }],
    ["16 tool results of 64 KB", { tools: toolCalls("x".repeat(65_536)) }],
    [
      "16 tool results of 64 KB of control characters",
      { tools: toolCalls("\u001b".repeat(65_536)) },
    ],
    ["64 KB of a table in each of 4 calls", { tools: toolCalls("x", 65_536).slice(0, 4) }],
    ["64 long sources", { sources: longSources }],
    ["an answer of 400,000 control characters", { text: "\u0001".repeat(400_000) }],
    ["an answer of 200,000 Chinese signs", { text: "語".repeat(200_000) }],
  ])("fits into a Lambda response with turns of %s", async (_, turn) => {
    const conversation = await conversationOf(12, turn);
    const pages = await readPages(conversation, 100);
    expect(pages.toReversed().flat()).toEqual(messages(12));
  });

  it("fits into a Lambda response with decisions that have long notes", async () => {
    const conversation = await conversationOf(80, {});
    await sql(
      `update turns set parkings = 1, tools = (
        select json_agg(json_build_object('id', turns.id || '.1.' || i, 'name', 'send', 'state', 'done'))
        from generate_series(0, 15) as i)
      where conversation_id = $1`,
      [conversation.id],
    );
    await sql(
      `insert into approvals (
        call_id, turn_id, conversation_id, tool, arguments_sha256, definition_sha256, state, note, expires_at)
      select call ->> 'id', id, conversation_id, 'send', '', '', 'denied', repeat(chr(1), 1000), now()
      from turns, json_array_elements(tools) as call where conversation_id = $1`,
      [conversation.id],
    );
    const pages = await readPages(conversation, 100);
    expect(pages.toReversed().flat()).toEqual(messages(80));
  });

  it("has the requested number of small turns", async () => {
    const conversation = await conversationOf(5, { text: "short" });
    expect(await readPages(conversation, 2)).toEqual([
      ["message 3", "message 4"],
      ["message 1", "message 2"],
      ["message 0"],
    ]);
  });

  it("has a single turn if that turn is larger than a page", async () => {
    const conversation = await conversationOf(3, { text: "x".repeat(1_500_000) });
    expect(await readPages(conversation, 100)).toEqual([
      ["message 2"],
      ["message 1"],
      ["message 0"],
    ]);
  });

  it("counts the text and tools of a running turn", async () => {
    const { owner, id } = await conversationOf(1, { text: "x".repeat(700_000) });
    await acceptAll(turns, ["running"], { owner, conversationId: id });
    const lease = await claimLease(turns, { owner, conversationId: id });
    await lease.beat({ text: "half an answer", tools: toolCalls("x".repeat(20_000)) });
    const page = await conversations.get({ owner, id, limit: 50 });
    expect(page?.turns.map(({ message }) => message)).toEqual(["running"]);
  });

  it("reads as many blocks of a long conversation as of a short conversation", async () => {
    const blocksRead = async (conversation: { owner: string; id: string }) => {
      let sent: Statement[] = [];
      const recording = createConversationStore({
        database: {
          ...database,
          transaction(statements) {
            sent = statements;
            return database.transaction(statements);
          },
        },
        deleteThreads,
        maxStoredBytes: 0,
      });
      await recording.get({ ...conversation, limit: 10 });
      const { text, params } = sent.at(-1) ?? { text: "", params: [] };
      const [row] = await sql(
        `explain (analyze, buffers, format json) ${text}`,
        params.map((value) => value ?? null),
      );
      const plans = (row?.["QUERY PLAN"] ?? []) as { Plan: Record<string, number> }[];
      const blocks = plans.map(
        ({ Plan }) => Number(Plan["Shared Hit Blocks"]) + Number(Plan["Shared Read Blocks"]),
      );
      expect(blocks).toHaveLength(1);
      return Number(blocks[0]);
    };
    const short = await conversationOf(12, {});
    const long = await conversationOf(1, {});
    await sql(
      `insert into turns
         (id, conversation_id, owner, body_hash, input, status, result, finished_at)
       select gen_random_uuid(), $1, $2, 'x', 'message', 'done', 'answer', now()
       from generate_series(1, 5000)`,
      [long.id, long.owner],
    );
    await sql("analyze turns");
    expect(await blocksRead(long)).toBeLessThan(2 * (await blocksRead(short)));
  });
});
