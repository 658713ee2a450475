import type { Browser, Page } from "playwright-core";
import * as v from "valibot";

export interface FrameTimes {
  medianMs: number;
  p95Ms: number;
  longestMs: number;
  frames: number;
}

const TraceEvent = v.object({
  name: v.string(),
  ph: v.string(),
  tid: v.number(),
  pid: v.number(),
  /** Microseconds. */
  ts: v.number(),
  dur: v.optional(v.number()),
  /** Microseconds of processor time, without waiting for other processes. */
  tdur: v.optional(v.number()),
});
type TraceEvent = v.InferOutput<typeof TraceEvent>;

/** Measures the work of the page's main thread per frame during `happen`: script, style, layout and paint. */
export async function frameTimes(
  browser: Browser,
  page: Page,
  happen: () => Promise<unknown>,
): Promise<FrameTimes> {
  const categories = [
    "disabled-by-default-devtools.timeline",
    "disabled-by-default-devtools.timeline.frame",
  ];
  await browser.startTracing(page, { categories });
  await happen();
  const trace: { traceEvents: unknown[] } = JSON.parse((await browser.stopTracing()).toString());
  const events = trace.traceEvents.filter((event) => v.is(TraceEvent, event));
  const work = workOfFrames(events).toSorted((one, other) => one - other);
  if (work.length < 20) throw new Error(`Only ${work.length} frames were drawn.`);
  const at = (share: number) => work[Math.floor(work.length * share)] ?? 0;
  return {
    medianMs: at(0.5),
    p95Ms: at(0.95),
    longestMs: work.at(-1) ?? 0,
    frames: work.length,
  };
}

function workOfFrames(events: TraceEvent[]): number[] {
  const begins = events.filter(({ name }) => name === "BeginMainThreadFrame");
  // Threads of other pages draw some frames, too. The page's own thread draws the most.
  const thread = mostFrequent(begins.map(threadOf));
  const tasks = events.filter((event) => event.name === "RunTask" && threadOf(event) === thread);
  const starts = begins
    .filter((event) => threadOf(event) === thread)
    .map(({ ts }) => ts)
    .toSorted((one, other) => one - other);
  return starts.slice(0, -1).map((start, index) => {
    const end = starts[index + 1] ?? start;
    const inside = tasks.filter(({ ts, dur = 0 }) => ts + dur > start && ts + dur <= end);
    return inside.reduce((sum, { tdur = 0 }) => sum + tdur, 0) / 1_000;
  });
}

const threadOf = ({ pid, tid }: TraceEvent) => `${pid}/${tid}`;

function mostFrequent(names: string[]): string | undefined {
  const counts = Map.groupBy(names, (name) => name);
  return [...counts].toSorted(([, one], [, other]) => other.length - one.length)[0]?.[0];
}
