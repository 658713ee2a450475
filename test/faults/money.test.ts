import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { ChatClient, readAll } from "#test/support/chat-client.ts";
import { createRandom } from "#test/support/seeded-random.ts";
import { checkMoney } from "./check-money.ts";
import { openFaultTwin } from "./fault-twin.ts";
import { noteFigures } from "./figures.ts";
import { isFullRun, seed } from "./run-size.ts";

/** The site's day covers the worst case of ten turns, or about twenty turns whose runner was killed. */
const capUsd = 10;
const system = openFaultTwin(
  { firstTokenMs: 0, tokensPerSecond: 200 },
  { BUDGET_SITE_DAY_USD: String(capUsd) },
);
const turns = isFullRun ? 400 : 40;
const people = 8;

describe("budgets", { timeout: 600_000 }, () => {
  it("hold nothing for a deleted turn that nobody has ended, and keep what the turn has cost", async () => {
    const { bedrock } = system.twin.parts;
    const client = new ChatClient(system.twin.url);
    await client.login(system.twin.password);
    const gate = bedrock.script.hold({ afterDeltas: 1 });
    const cut = client.stream("Count the ways to say hello.").then(readAll);
    await gate.reached;
    await system.twin.functionKill("chat-stream");
    await cut.catch(() => {});
    gate.release();
    const money = await checkMoney(bedrock, system.pool);
    expect(money).toMatchObject({ settled: 0, details: [] });
    expect(money.reserved).toBeGreaterThan(0);

    await system.pool.query("delete from conversations");
    const afterwards = await checkMoney(bedrock, system.pool);
    expect(afterwards).toMatchObject({ reserved: 0, estimated: 1, details: [] });
    expect(afterwards.settled).toBeGreaterThan(0);
  });

  it(`hold while ${turns} turns of ${people} people run and runners are killed`, async (context) => {
    const random = createRandom(seed);
    const clients = Array.from({ length: people }, () => new ChatClient(system.twin.url));
    for (const client of clients) await client.login(system.twin.password);
    const outcomes = { answered: 0, refused: 0, cut: 0 };
    let sent = 0;
    let kills = 0;

    async function send(client: ChatClient): Promise<void> {
      while (sent < turns) {
        sent += 1;
        try {
          const response = await client.stream(`Count the ${sent} ways to say hello.`);
          if (response.status === 402) outcomes.refused += 1;
          const text = await response.text();
          if (text.includes("event: done")) outcomes.answered += 1;
          else if (response.status !== 402) outcomes.cut += 1;
        } catch {
          outcomes.cut += 1;
        }
      }
    }
    async function killSometimes(): Promise<void> {
      while (sent < turns) {
        const enough = outcomes.answered + random.integer(2, 6);
        while (outcomes.answered < enough && sent < turns) await delay(10);
        kills += await system.twin.functionKill("chat-stream");
      }
    }
    await Promise.all([...clients.map(send), killSometimes()]);

    await system.twin.functionKill("chat-stream");
    const { details, ...money } = await checkMoney(system.twin.parts.bedrock, system.pool);
    noteFigures(context, { kills, ...outcomes, ...money });
    expect(details).toEqual([]);
    expect(money.settled + money.reserved).toBeLessThanOrEqual(capUsd * 1_000_000);
    expect(outcomes.answered).toBeGreaterThan(0);
    expect(outcomes.refused).toBeGreaterThan(0);
    expect(money.estimated).toBeGreaterThan(0);
  });
});
