import type { Bench } from "#bench/bench.ts";
import type { LoadResult } from "#bench/processes/load.ts";
import { createRecorder, type Samples } from "#bench/samples.ts";
import { prepareBuild, type Server, startFunction } from "#bench/servers.ts";
import { median } from "#bench/statistics.ts";
import { type FacadeName, facades } from "#bench/workload.ts";

const names = Object.keys(facades) as FacadeName[];

/**
 * Measures the first token through the route of each protocol, or the end of its turn, over that of our own route, in the same
 * round and on the same stores. A client that names its conversation is compared with one of ours that does, too.
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

  async function runOwn(namesConversation: boolean, turns: number): Promise<LoadResult> {
    if (!namesConversation) return bench.run(own, { turns });
    const headers = await own.logIn();
    const { conversationId } = await bench.run(own, { turns: 1, headers });
    return bench.run(own, { turns, headers, conversationId });
  }

  // Chat Completions finds a conversation by its first message, so that a message of an earlier round would begin none.
  let firstTurn = 1;

  function runFacade(name: FacadeName, server: Server, turns: number): Promise<LoadResult> {
    const conversationId = facades[name].namesConversation ? crypto.randomUUID() : undefined;
    firstTurn += turns;
    return bench.run(server, { turns, facade: name, conversationId, firstTurn });
  }

  await runOwn(false, size.warmUpTurns);
  for (const [name, server] of servers) await runFacade(name, server, size.warmUpTurns);
  note("facades: warm");
  for (let round = 1; round <= size.rounds; round += 1) {
    for (const [name, server] of servers) {
      const { namesConversation, compares } = facades[name];
      const medianOf = ({ turns }: LoadResult) => median(turns.map((turn) => turn[compares]));
      const ownMs = medianOf(await runOwn(namesConversation, size.turns));
      add(`facade-${name}`, "this", medianOf(await runFacade(name, server, size.turns)) / ownMs);
    }
    note(`facades: round ${round} of ${size.rounds}`);
  }
  return samples;
}
