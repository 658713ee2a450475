import type { Bench } from "#bench/bench.ts";
import type { WireRequest } from "#bench/processes/distance.ts";
import type { TurnTimes } from "#bench/processes/load.ts";
import { requestsInSeries } from "#bench/requests-in-series.ts";
import { createRecorder, type Party, type Recorder, type Samples } from "#bench/samples.ts";
import {
  openDistance,
  prepareBuild,
  type Server,
  startFunction,
  startFunctionsOfPage,
  startPlain,
} from "#bench/servers.ts";
import { median } from "#bench/statistics.ts";

/** A request to a store in the same region takes about this long (docs/performance.md has the sources). */
const distanceMs = 5;
const warmUpTurns = 30;
/** An odd number, so that one turn is the median. */
const turnsOfRound = 7;

/** One turn as the wire saw it. All times count from the client's request. */
export interface TracedTurn {
  requests: { service: string; startMs: number; endMs: number }[];
  firstTokenMs: number;
  endMs: number;
}

interface Entry {
  party: Party;
  /** Whether the client is a program or the page. */
  client: "program" | "page";
  server: Server;
}

/**
 * Counts the requests of a turn to its stores and its model, and measures the first token with every store 5 ms away.
 * Returns the median turn of each build, for the plot.
 */
export async function measureRequests(
  bench: Bench,
): Promise<{ samples: Samples; traces: Partial<Record<Party, TracedTurn>> }> {
  await using cleanUp = new AsyncDisposableStack();
  const distance = await openDistance(bench.commons, distanceMs, cleanUp);
  const entries: Entry[] = [];
  for (const { party, build } of bench.builds) {
    const prepared = await prepareBuild(build, bench.commons, cleanUp, `requests_${party}`);
    const distant = await distance.around(prepared);
    const url = await startFunction(distant, cleanUp);
    const page = await startFunctionsOfPage(distant, cleanUp);
    entries.push(
      { party, client: "program", server: url },
      { party, client: "page", server: page },
    );
  }
  const { ownerUrl } = await bench.commons.createStores("requests_plain");
  const addresses = await distance.aroundPlain(ownerUrl);
  const plain = await startPlain(addresses, bench.baselines, cleanUp);
  entries.push({ party: "plain", client: "program", server: plain });

  const recorder = createRecorder();
  const traces: Partial<Record<Party, TracedTurn>> = {};
  for (const { server } of entries) await bench.run(server, { turns: warmUpTurns });
  for (let round = 1; round <= bench.size.rounds; round += 1) {
    for (const entry of entries) {
      const turns = await traceTurns(bench, entry.server, distance.takeRequests);
      const middle = record(entry, turns, recorder);
      if (entry.client === "program") traces[entry.party] = middle;
    }
    bench.note(`requests: round ${round} of ${bench.size.rounds}`);
  }
  return { samples: recorder.samples, traces };
}

async function traceTurns(
  bench: Bench,
  server: Server,
  takeRequests: () => Promise<WireRequest[]>,
): Promise<TracedTurn[]> {
  await takeRequests();
  const { turns } = await bench.run(server, { turns: turnsOfRound });
  const requests = await takeRequests();
  return turns.map((turn) => traceOf(turn, requests));
}

/** Returns the requests that started during the turn. */
function traceOf({ startMs, firstTokenMs, endMs }: TurnTimes, all: WireRequest[]): TracedTurn {
  const requests = all
    .filter((request) => request.startMs >= startMs && request.startMs < startMs + endMs)
    .map(({ service, ...times }) => ({
      service,
      startMs: times.startMs - startMs,
      endMs: times.endMs - startMs,
    }));
  return { requests, firstTokenMs, endMs };
}

/** Adds the figures of a round. Returns the turn with the median time to the first token. */
function record(
  { party, client }: Entry,
  turns: TracedTurn[],
  { add }: Pick<Recorder, "add">,
): TracedTurn {
  const firstTokenMs = median(turns.map((turn) => turn.firstTokenMs));
  const inSeries = median(turns.map(({ requests }) => requestsInSeries(beforeModel(requests))));
  add(`${client}-requests-in-series`, party, inSeries);
  add(`${client}-first-token-distant`, party, firstTokenMs);
  if (client === "program") {
    const ofDatabase = ({ requests }: TracedTurn) =>
      requests.filter(({ service }) => service === "database").length;
    add("database-requests", party, median(turns.map(ofDatabase)));
  }
  const middle = turns.find((turn) => turn.firstTokenMs === firstTokenMs);
  if (!middle) throw new Error("An odd number of turns has a median turn.");
  return middle;
}

function beforeModel(requests: TracedTurn["requests"]): TracedTurn["requests"] {
  const model = requests.find(({ service }) => service === "model");
  return requests.filter(({ startMs }) => startMs < (model?.startMs ?? Number.NaN));
}
