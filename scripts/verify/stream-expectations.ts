import { expectThat } from "./run-checks.ts";
import type { ReceivedEvent } from "./verify-client.ts";

/** A buffered answer arrives within a few milliseconds. No model writes three words as fast. */
const minWritingMs = 20;

/** Checks that text arrived in pieces, and not all at once at the end. */
export function expectPieces(events: readonly ReceivedEvent[], sentAt: number): string {
  const times = events.filter(({ event }) => event === "delta").map(({ atMs }) => atMs);
  const [first = 0] = times;
  const writingMs = Math.round((times.at(-1) ?? 0) - first);
  const seen = `${times.length} deltas in ${writingMs} ms`;
  expectThat(times.length >= 3 && writingMs >= minWritingMs, `all at once: ${seen}`);
  return `first text after ${Math.round(first - sentAt)} ms, ${seen}`;
}

export function expectEnd(events: readonly ReceivedEvent[], wanted: string): void {
  const last = events.at(-1);
  const { type = "" } = last?.data ?? {};
  const hint =
    type === "model_unavailable"
      ? ". Bedrock refuses the call. Does the account have access to the model in this region?"
      : "";
  expectThat(
    last?.event === wanted,
    `the stream ended with ${last?.event ?? "nothing"} ${type}, expected ${wanted}${hint}`,
  );
}

export function textOf(events: readonly ReceivedEvent[]): string {
  let text = "";
  for (const { event, data } of events) {
    if (event === "snapshot") text = String(data.text);
    if (event === "delta") text += String(data.text);
  }
  return text;
}
