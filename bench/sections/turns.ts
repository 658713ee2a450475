import type { Bench } from "#bench/bench.ts";
import type { TurnTimes } from "#bench/processes/load.ts";
import { createRecorder, type Party, type Samples } from "#bench/samples.ts";
import {
  type PreparedBuild,
  prepareBuild,
  type Server,
  startFunction,
  startLimit,
  startPlain,
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

/** What the servers of all rounds share. */
interface Prepared {
  builds: { party: Party; build: PreparedBuild }[];
  plainDatabaseUrl: string;
}

/**
 * Measures one turn at a time: times, processor time, bytes, and the memory after all turns. Each round starts each server
 * anew, because two processes of the same build differ by up to 12 %.
 */
export async function measureTurns(bench: Bench): Promise<Samples> {
  await using cleanUp = new AsyncDisposableStack();
  const { add, samples } = createRecorder();
  const prepared = await prepare(bench, cleanUp);
  for (let round = 1; round <= bench.size.rounds; round += 1) {
    await measureRound(bench, prepared, add);
    bench.note(`turns: round ${round} of ${bench.size.rounds}`);
  }
  return samples;
}

async function measureRound(bench: Bench, prepared: Prepared, add: Add): Promise<void> {
  await using cleanUp = new AsyncDisposableStack();
  const { size, commons } = bench;
  const entries = await startEntries(bench, prepared, cleanUp);
  for (const { through, server } of entries) {
    await bench.run(server, { turns: through === "twin" ? twinWarmUpTurns : size.warmUpTurns });
  }
  for (const entry of entries) await measureFast(bench, entry, add);
  for (const entry of entries) {
    if (entry.party !== "limit") await measureSlow(bench, entry, add);
  }
  await commons.model.call("setTokenMs", 0);
  for (const { party, through, server } of entries) {
    if (through === "twin") continue;
    const turnsSoFar = size.warmUpTurns + 2 * (size.turns + size.slowTurns);
    await bench.run(server, { turns: Math.max(0, size.memoryTurns - turnsSoFar) });
    const { residentBytes } = await server.program.usage();
    add("memory", party, residentBytes / 1_048_576);
  }
}

async function prepare(bench: Bench, cleanUp: AsyncDisposableStack): Promise<Prepared> {
  const builds: Prepared["builds"] = [];
  for (const { party, build } of bench.builds) {
    const prepared = await prepareBuild(build, bench.commons, cleanUp, `turns_${party}`);
    builds.push({ party, build: prepared });
  }
  const { ownerUrl } = await bench.commons.createStores("turns_plain");
  return { builds, plainDatabaseUrl: ownerUrl };
}

async function startEntries(
  { commons: { modelEndpoint }, baselines, folder }: Bench,
  { builds, plainDatabaseUrl }: Prepared,
  cleanUp: AsyncDisposableStack,
): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const { party, build } of builds) {
    const direct = await startFunction(build, cleanUp);
    const twin = await startTwinUrl(build, cleanUp, folder);
    entries.push({ party, through: "direct", server: direct });
    entries.push({ party, through: "twin", server: twin });
  }
  const stores = { modelEndpoint, databaseUrl: plainDatabaseUrl };
  const plain = await startPlain(stores, baselines, cleanUp);
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
