import { type Bench, startPlainOn } from "#bench/bench.ts";
import type { TurnTimes } from "#bench/processes/load.ts";
import { createRecorder, type Party, type Samples } from "#bench/samples.ts";
import {
  prepareBuild,
  type Server,
  startFunction,
  startLimit,
  startTwinUrl,
} from "#bench/servers.ts";
import { median } from "#bench/statistics.ts";
import { answerTokens } from "#bench/workload.ts";

/** Each invocation of a twin has a process of its own, so few turns warm the one that they use. */
const twinWarmUpTurns = 20;

interface Entry {
  party: Party;
  /** The function called directly, or through the twin. The baselines are always called directly. */
  through: "direct" | "twin";
  server: Server;
}

/** Measures one turn at a time: times, processor time, bytes, and the memory after all turns. */
export async function measureTurns(bench: Bench): Promise<Samples> {
  await using cleanUp = new AsyncDisposableStack();
  const { size, commons, note } = bench;
  const entries = await startEntries(bench, cleanUp);
  for (const { party, through, server } of entries) {
    await bench.run(server, { turns: through === "twin" ? twinWarmUpTurns : size.warmUpTurns });
    note(`turns: ${party} (${through}) is warm`);
  }
  const recorder = createRecorder();
  for (let round = 1; round <= size.rounds; round += 1) {
    for (const entry of entries) await measureFast(bench, entry, recorder.add);
    for (const entry of entries) {
      if (entry.party !== "limit") await measureSlow(bench, entry, recorder.add);
    }
    await commons.model.call("setTokenMs", 0);
    note(`turns: round ${round} of ${size.rounds}`);
  }
  for (const { party, through, server } of entries) {
    if (through === "twin") continue;
    const { residentBytes } = await server.program.usage();
    recorder.add("memory", party, residentBytes / 1_048_576);
  }
  return recorder.samples;
}

async function startEntries(bench: Bench, cleanUp: AsyncDisposableStack): Promise<Entry[]> {
  const { builds, commons, baselines, folder } = bench;
  const entries: Entry[] = [];
  for (const { party, build } of builds) {
    const prepared = await prepareBuild(build, commons, cleanUp, `turns_${party}`);
    const direct = await startFunction(prepared, cleanUp);
    const twin = await startTwinUrl(prepared, cleanUp, folder);
    entries.push({ party, through: "direct", server: direct });
    entries.push({ party, through: "twin", server: twin });
  }
  const plain = await startPlainOn(bench, "turns_plain", cleanUp);
  const limit = await startLimit(baselines, cleanUp);
  entries.push({ party: "plain", through: "direct", server: plain });
  entries.push({ party: "limit", through: "direct", server: limit });
  return entries;
}

type Add = (row: string, party: Party, value: number) => void;

/** Tokens at 0 ms: what remains is the work of the server and its stores. */
async function measureFast(bench: Bench, { party, through, server }: Entry, add: Add) {
  const before = await server.program.usage();
  const { turns } = await bench.run(server, { turns: bench.size.turns });
  const after = await server.program.usage();
  const firstTokenMs = median(turns.map((turn) => turn.firstTokenMs));
  if (isComparedWithTwin(party, through)) add("twin-first-token", party, firstTokenMs);
  if (through === "twin") return;
  add("first-token", party, firstTokenMs);
  add("turn-end", party, median(turns.map((turn) => turn.endMs)));
  add("cpu", party, (after.cpuMs - before.cpuMs) / turns.length);
  addBytes("", turns, party, add);
  const compressed = await turnsWithGzip(bench, server, bench.size.turns);
  add("gzip-first-token", party, median(compressed.map((turn) => turn.firstTokenMs)));
  addBodyBytes("gzip-bytes", compressed, party, add);
}

/** Tokens every 10 ms: as a model streams them. */
async function measureSlow(bench: Bench, { party, through, server }: Entry, add: Add) {
  const { model } = bench.commons;
  await model.call("setTokenMs", 10);
  const { turns } = await bench.run(server, { turns: bench.size.slowTurns });
  const ownMs = median(await model.call<number[]>("firstTokenWaits"));
  const overMs = median(turns.map((turn) => turn.firstTokenMs)) - ownMs;
  if (isComparedWithTwin(party, through)) add("twin-first-token-over-model", party, overMs);
  if (through === "twin") return;
  add("first-token-over-model", party, overMs);
  addBytes("-slow", turns, party, add);
  const compressed = await turnsWithGzip(bench, server, bench.size.slowTurns);
  addBodyBytes("gzip-bytes-slow", compressed, party, add);
}

/** As HTTP clients send it that can decode gzip. */
async function turnsWithGzip(bench: Bench, server: Server, turns: number) {
  const headers = { ...(await server.logIn()), "accept-encoding": "gzip" };
  return (await bench.run(server, { turns, headers })).turns;
}

/** The baselines have no twin: the rows of the twin compare with the same figures as the rows of the function. */
const isComparedWithTwin = (party: Party, through: Entry["through"]) =>
  through === "twin" || party === "plain" || party === "limit";

function addBytes(suffix: string, turns: readonly TurnTimes[], party: Party, add: Add) {
  const answerBytes = median(turns.map((turn) => turn.answerBytes));
  add(`answer-bytes${suffix}`, party, answerBytes / answerTokens.length);
  addBodyBytes(`body-bytes${suffix}`, turns, party, add);
}

function addBodyBytes(row: string, turns: readonly TurnTimes[], party: Party, add: Add) {
  const bodyBytes = median(turns.map((turn) => turn.bodyBytes));
  add(row, party, bodyBytes / answerTokens.length);
}
