import type { Bench } from "#bench/bench.ts";
import type { LoadResult } from "#bench/processes/load.ts";
import { createRecorder, type Samples } from "#bench/samples.ts";
import { prepareBuild, type Server, startFunction } from "#bench/servers.ts";
import { median } from "#bench/statistics.ts";
import { type FacadeName, facades } from "#bench/workload.ts";

const names = Object.keys(facades) as FacadeName[];

/**
 * Measures the first token through the route of each protocol over that of our own, in the same round and on the same stores. A
 * client that names its conversation is compared with one of ours that does, too.
 */
export async function measureFacades(bench: Bench): Promise<Samples> {
  await using cleanUp = new AsyncDisposableStack();
  const { size, builds, commons, note } = bench;
  const { samples, add } = createRecorder();
  const current = builds.find(({ party }) => party === "this");
  if (!current) throw new Error("This build is not measured.");
  const prepared = await prepareBuild(current.build, commons, cleanUp, "facades");
  const own = await startFunction(prepared, cleanUp);
  const servers: [FacadeName, Server][] = [];
  for (const name of names) {
    servers.push([name, await startFunction(prepared, cleanUp, facades[name])]);
  }

  async function ownTimes(namesConversation: boolean, turns: number): Promise<number> {
    if (!namesConversation) return firstTokenOf(await bench.run(own, { turns }));
    const headers = await own.logIn();
    const { conversationId } = await bench.run(own, { turns: 1, headers });
    return firstTokenOf(await bench.run(own, { turns, headers, conversationId }));
  }

  async function facadeTimes(name: FacadeName, server: Server, turns: number): Promise<number> {
    const conversationId = facades[name].namesConversation ? crypto.randomUUID() : undefined;
    return firstTokenOf(await bench.run(server, { turns, facade: name, conversationId }));
  }

  await ownTimes(false, size.warmUpTurns);
  for (const [name, server] of servers) await facadeTimes(name, server, size.warmUpTurns);
  note("facades: warm");
  for (let round = 1; round <= size.rounds; round += 1) {
    for (const [name, server] of servers) {
      const ownMs = await ownTimes(facades[name].namesConversation, size.turns);
      add(`facade-${name}`, "this", (await facadeTimes(name, server, size.turns)) / ownMs);
    }
    note(`facades: round ${round} of ${size.rounds}`);
  }
  return samples;
}

const firstTokenOf = ({ turns }: LoadResult): number =>
  median(turns.map((turn) => turn.firstTokenMs));
