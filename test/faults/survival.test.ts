import { expect, it } from "vitest";
import { createRandom, type SeededRandom } from "#test/support/seeded-random.ts";
import { checkRecord } from "./check-record.ts";
import { leaseSeconds, openFaultTwin } from "./fault-twin.ts";
import { noteFigures } from "./figures.ts";
import { createNemesis } from "./nemesis.ts";
import { createPersistentClient, type PersistentClient } from "./persistent-client.ts";
import { type ClientRecord, createRecord } from "./record.ts";
import { isFullRun, seed } from "./run-size.ts";

const system = openFaultTwin({ firstTokenMs: 100, tokensPerSecond: 30 });

// A kill takes every process of the function. With 16 conversations the next 16 cold starts at once took two busy cores
// 10 to 16 s, and the nemesis was back before they had answered anything.
const size = isFullRun
  ? { conversations: 8, strikes: 100, timeoutMs: 900_000 }
  : { conversations: 3, strikes: 5, timeoutMs: 90_000 };

it(`loses, doubles and garbles nothing, whatever breaks (FAULTS_SEED=${seed})`, {
  timeout: size.timeoutMs,
}, async (context) => {
  const record = createRecord();
  const nemesis = createNemesis(system.twin, createRandom(seed), {
    leaseMs: leaseSeconds * 1_000,
    record,
  });
  let isRaging = true;
  const talks = Array.from({ length: size.conversations }, (_, index) =>
    talk(createRandom(seed + index + 1), record, () => isRaging),
  );
  const raging = nemesis.rage(size.strikes).finally(() => {
    isRaging = false;
  });
  await Promise.all([raging, ...talks]);

  const { details, ...findings } = await checkRecord(record, system.pool);
  noteFigures(context, { seed, ...nemesis.damage, ends_told: record.ends.length, ...findings });
  expect(details).toEqual([]);
  expect(system.twin.parts.bedrock.rejections).toEqual([]);
  expect(findings.done).toBeGreaterThan(0);
});

const questions = [
  "What is 12.5% of 480?",
  "What time is it?",
  "My favourite number is 7.",
  "What is my favourite number?",
] as const;

/**
 * One conversation, as long as things break. Half of the messages stream their answer. A third of the answers has a second
 * reader, some messages are sent twice.
 */
async function talk(random: SeededRandom, record: ClientRecord, goesOn: () => boolean) {
  const client = createPersistentClient(system.client, record, 120_000);
  let conversationId: string | undefined;
  for (let count = 0; goesOn() || count < 3; count += 1) {
    const message = `${random.pick(questions)} (${random.integer(0, 2 ** 31)})`;
    const { sent, answered } = await sendOneWay(client, random, message, conversationId);
    const readers = [answered];
    if (random.happens(0.3)) readers.push(client.read(sent));
    if (random.happens(0.15)) readers.push(client.sendAgain(message, conversationId, sent));
    conversationId = sent.conversation_id;
    await Promise.all(readers);
  }
}

async function sendOneWay(
  client: PersistentClient,
  random: SeededRandom,
  message: string,
  conversationId: string | undefined,
) {
  if (random.happens(0.5)) {
    const sent = await client.stream(message, conversationId);
    return { sent, answered: sent.answered };
  }
  const sent = await client.send(message, conversationId);
  return { sent, answered: client.read(sent) };
}
