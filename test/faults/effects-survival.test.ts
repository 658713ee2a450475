import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ChatClient } from "#test/support/chat-client.ts";
import { createRandom, type SeededRandom } from "#test/support/seeded-random.ts";
import { actingModel, actMessage, noteCall, webhookCall } from "./acting-model.ts";
import { checkEffects, readTranscript, whatTheModelMissed } from "./check-effects.ts";
import { checkMoney } from "./check-money.ts";
import { checkRecord } from "./check-record.ts";
import { type EffectReceiver, startEffectReceiver } from "./effect-receiver.ts";
import { leaseSeconds, openFaultTwin, runners } from "./fault-twin.ts";
import { noteFigures } from "./figures.ts";
import { createNemesis } from "./nemesis.ts";
import { createPersistentClient } from "./persistent-client.ts";
import { createPerson } from "./person.ts";
import { type ClientRecord, createRecord } from "./record.ts";
import { isFullRun, seed } from "./run-size.ts";

const size = isFullRun
  ? { conversations: 6, strikes: 45, timeoutMs: 900_000 }
  : { conversations: 3, strikes: 3, timeoutMs: 90_000 };
const patienceMs = 120_000;

const policies = [
  { asked: "send_webhook", allowed: "save_note", receiver: await startEffectReceiver() },
  { asked: "save_note", allowed: "send_webhook", receiver: await startEffectReceiver() },
];
afterAll(async () => {
  for (const { receiver } of policies) await receiver.close();
});

describe.each(isFullRun ? policies : policies.slice(0, 1))(
  "calls of $allowed, and of $asked after an approval",
  ({ asked, allowed, receiver }) => {
    const system = openFaultTwin(
      { firstTokenMs: 100, tokensPerSecond: 30 },
      {
        TOOL_POLICY: JSON.stringify([
          { tool: asked, policy: "ask" },
          { tool: allowed, policy: "allow" },
        ]),
        WEBHOOKS: JSON.stringify({ recorder: receiver.address }),
      },
    );
    beforeAll(() => {
      system.twin.parts.bedrock.model = actingModel;
    });

    it(`happen at most once, whatever breaks (FAULTS_SEED=${seed})`, {
      timeout: size.timeoutMs,
    }, async (context) => {
      const record = createRecord();
      const nemesis = createNemesis(system.twin, createRandom(seed), {
        leaseMs: leaseSeconds * 1_000,
        record,
        functions: [...runners, "chat-decide"],
      });
      const clients = await Promise.all(Array.from({ length: size.conversations }, logIn));
      let isRaging = true;
      const talking = clients.map((client, index) =>
        talk({ client, receiver, record }, createRandom(seed + index + 1), () => isRaging),
      );
      const raging = nemesis.rage(size.strikes).finally(() => {
        isRaging = false;
      });
      const [, ...ids] = await Promise.all([raging, ...talking]);

      const talks = clients.map((client, index) => ({ client, conversationId: ids[index] ?? "" }));
      const missed = await Promise.all(talks.map((one) => askAfterwards(one, record)));
      const parts = { pool: system.pool, received: receiver.received, asked: [asked] };
      const { details, ...effects } = await checkEffects(talks, parts);
      const { details: overdrawn, ...money } = await checkMoney(
        system.twin.parts.bedrock,
        system.pool,
      );
      const { details: faults, ...findings } = await checkRecord(record, system.pool);
      noteFigures(context, { seed, ...nemesis.damage, ...findings, ...effects, ...money });
      expect([...details, ...overdrawn, ...faults, ...missed.flat()]).toEqual([]);
      expect(system.twin.parts.bedrock.rejections).toEqual([]);
      expect(effects.happened).toBeGreaterThan(0);
    });

    async function logIn(): Promise<ChatClient> {
      const client = new ChatClient(system.twin.url);
      await client.login(system.twin.password);
      await client.sendJson("PATCH", "/api/v1/notes", { enabled: true });
      return client;
    }

    /** What the model knows at the end of all that has happened. */
    async function askAfterwards(
      { client, conversationId }: { client: ChatClient; conversationId: string },
      record: ClientRecord,
    ): Promise<string[]> {
      const turns = await readTranscript({ client, conversationId });
      const message = `What has happened? ${randomUUID()}`;
      const persistent = createPersistentClient(client, record, patienceMs);
      await persistent.read(await persistent.send(message, conversationId));
      const tools = turns.flatMap((turn) => turn.tools);
      return whatTheModelMissed(system.twin.parts.bedrock, message, tools);
    }
  },
);

/**
 * One conversation, as long as things break. Its person approves most calls, refuses some, sends some messages while the turn
 * before them waits, and stops some turns. Now and then the receiver breaks the connection instead of replying.
 */
async function talk(
  {
    client,
    receiver,
    record,
  }: { client: ChatClient; receiver: EffectReceiver; record: ClientRecord },
  random: SeededRandom,
  goesOn: () => boolean,
): Promise<string> {
  const persistent = createPersistentClient(client, record, patienceMs);
  const person = createPerson(() => client, record, patienceMs);
  const choose = () => (random.happens(0.2) ? "deny" : "approve");
  let conversationId = "";
  for (let count = 0; goesOn() || count < 2; count += 1) {
    const kinds = Array.from({ length: random.integer(1, 3) }, () =>
      random.pick([webhookCall, noteCall]),
    );
    const message = actMessage(kinds.map((kind) => kind(randomUUID())));
    if (random.happens(0.1)) receiver.cutNext();
    const sent = await persistent.send(message, conversationId || undefined);
    conversationId = sent.conversation_id;
    const ending = [persistent.read(sent), person.decideUntilEnd(sent, choose)];
    if (random.happens(0.3)) {
      const behind = await persistent.send(`Behind it, ${randomUUID()}.`, conversationId);
      ending.push(persistent.read(behind));
    }
    if (random.happens(0.15)) {
      await delay(random.integer(0, 3_000));
      await person.stop(sent);
    }
    await Promise.all(ending);
  }
  return conversationId;
}
