import { setTimeout as delay } from "node:timers/promises";
import { cut, end, exception, interrupt, refuseWith } from "#local/bedrock/script.ts";
import type { Twin } from "#local/twin.ts";
import type { SeededRandom } from "#test/support/seeded-random.ts";
import type { ClientRecord } from "./record.ts";

/** What the nemesis has done. */
export interface Damage {
  kills: number;
  freezes: number;
  databaseFaults: number;
  modelFaults: number;
}

export interface Nemesis {
  damage: Damage;
  /** Strikes so often; afterwards everything is whole again. */
  rage(strikes: number): Promise<void>;
}

const maxCalmMs = 10_000;

interface NemesisOptions {
  leaseMs: number;
  record: ClientRecord;
  /** Whose processes are killed and frozen, in turn. */
  functions?: readonly string[];
}

/** Breaks the twin in ways that its users may never notice. What it does depends on `random` alone. */
export function createNemesis(
  twin: Twin,
  random: SeededRandom,
  { leaseMs, record, functions = ["chat-stream"] }: NemesisOptions,
): Nemesis {
  const damage: Damage = { kills: 0, freezes: 0, databaseFaults: 0, modelFaults: 0 };
  const thaws: Promise<void>[] = [];

  /** On a busy machine new processes would otherwise be killed before they have begun anything. */
  const progress = async () => {
    const enough = record.ends.length + 2;
    const giveUpAt = performance.now() + maxCalmMs;
    while (record.ends.length < enough && performance.now() < giveUpAt) await delay(20);
  };

  const kill = async (functionName: string) => {
    damage.kills += await twin.functionKill(functionName);
  };

  /** Past the lease, so that somebody else takes over; then it goes on where it was. */
  const freeze = (functionName: string) => {
    const frozen = twin.functionFreeze(functionName);
    damage.freezes += frozen.count;
    thaws.push(delay(leaseMs + random.integer(200, 1_500)).then(() => frozen.thaw()));
  };

  const breakDatabase = async () => {
    twin.parts.neon.fault = () => {
      if (!random.happens(0.4)) return undefined;
      damage.databaseFaults += 1;
      return random.pick(["cut", "error", "cut-answer", "hang"]);
    };
    await delay(random.integer(200, 1_000));
    twin.parts.neon.fault = undefined;
  };

  const breakModel = () => {
    damage.modelFaults += 1;
    const afterDeltas = random.integer(0, 12);
    twin.parts.bedrock.script.add(
      random.pick([
        refuseWith("ThrottlingException"),
        interrupt({}, afterDeltas, cut),
        interrupt({}, afterDeltas, end),
        interrupt({}, afterDeltas, exception("ThrottlingException")),
      ]),
    );
  };

  const ways = [kill, breakModel, freeze, breakDatabase, kill];

  return {
    damage,
    async rage(strikes) {
      for (let strike = 0; strike < strikes; strike += 1) {
        await progress();
        await delay(random.integer(100, 1_000));
        const functionName = functions[strike % functions.length] ?? "";
        await ways[strike % ways.length]?.(functionName);
      }
      await Promise.all(thaws);
      twin.parts.bedrock.script.clear();
    },
  };
}
