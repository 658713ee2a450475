import { expect, it } from "vitest";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { turnId } from "#test/support/turn-state.ts";
import { createTraceExport, type SendTrace } from "./trace-export.ts";

const turn = { owner: "owner-1", turnId, attempt: 1 };

function open(sendTrace: SendTrace, load = async () => sendTrace) {
  const { telemetry, lines, measured } = recordingTelemetry();
  return { traceExport: createTraceExport(load, telemetry, 20), lines, measured };
}
const oneFailure = {
  lines: [{ level: "error", event: "trace.not_exported", cause: expect.any(Error) }],
  measured: [{ metric: "TracesNotExported", value: 1 }],
};

it("every attempt is sent beside the others, and finish waits for all of them", async () => {
  const sent: number[] = [];
  const first = Promise.withResolvers<void>();
  const { traceExport, lines } = open(async ({ attempt }) => {
    if (attempt === 1) await first.promise;
    sent.push(attempt);
    first.resolve();
  });
  traceExport.start(turn);
  traceExport.start({ ...turn, attempt: 2 });
  await traceExport.finish();
  expect(sent).toEqual([2, 1]);
  expect(lines).toEqual([]);
});

it.each<[string, SendTrace, (() => Promise<never>)?]>([
  ["a collector that refuses", () => Promise.reject(new Error("refused"))],
  [
    "code that throws",
    () => {
      throw new Error("broken");
    },
  ],
  ["code that cannot be loaded", async () => {}, () => Promise.reject(new Error("no such file"))],
])("%s costs one line and one count", async (_case, sendTrace, load) => {
  const { traceExport, ...observed } = open(sendTrace, load);
  traceExport.start(turn);
  await traceExport.finish();
  expect(observed).toEqual(oneFailure);
});

it("a collector that hangs is given up, and its request is ended", async () => {
  let signal: AbortSignal | undefined;
  const { traceExport, ...observed } = open((_turn, given) => {
    signal = given;
    return new Promise(() => {});
  });
  traceExport.start(turn);
  await traceExport.finish();
  expect(signal?.aborted).toBe(true);
  expect(observed).toEqual(oneFailure);
});
