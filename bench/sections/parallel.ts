import { type Bench, startPlainOn } from "#bench/bench.ts";
import { createRecorder, type Party, type Samples } from "#bench/samples.ts";
import { prepareBuild, type Server, startLimit, startTwinUrl } from "#bench/servers.ts";

const concurrency = 8;
const turnsOfRound = 160;

/** Measures turns per second with eight open at once. A twin runs each of the eight in a process of its own, as Lambda does. */
export async function measureParallel(bench: Bench): Promise<Samples> {
  await using cleanUp = new AsyncDisposableStack();
  const { builds, commons, baselines, folder } = bench;
  const servers: [Party, Server][] = [];
  for (const { party, build } of builds) {
    const prepared = await prepareBuild(build, commons, cleanUp, `parallel_${party}`);
    servers.push([party, await startTwinUrl(prepared, cleanUp, folder)]);
  }
  servers.push(["plain", await startPlainOn(bench, "parallel_plain", cleanUp)]);
  servers.push(["limit", await startLimit(baselines, cleanUp)]);
  const recorder = createRecorder();
  for (const [, server] of servers) await bench.run(server, { turns: 320, concurrency });
  for (let round = 1; round <= bench.size.rounds; round += 1) {
    for (const [party, server] of servers) {
      const { turns, elapsedMs } = await bench.run(server, { turns: turnsOfRound, concurrency });
      recorder.add("turns-per-second", party, (1_000 * turns.length) / elapsedMs);
    }
    bench.note(`parallel: round ${round} of ${bench.size.rounds}`);
  }
  return recorder.samples;
}
