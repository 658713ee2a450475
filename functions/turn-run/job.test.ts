import { expect, it } from "vitest";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { dependenciesOf, ended } from "#test/support/streamed-turns.ts";
import { conversationId, turnId } from "#test/support/turn-state.ts";
import { createTurnRun } from "./job.ts";

const event = { owner: "owner-1", conversation_id: conversationId, turn_id: turnId };
const context = { awsRequestId: "request-1", getRemainingTimeInMillis: () => 900_000 };

function open(claim?: () => Promise<never>) {
  const { telemetry, lines, flushes } = recordingTelemetry();
  const { dependencies } = dependenciesOf({ claims: [{ outcome: "idle", turn: ended }] });
  const job = createTurnRun({
    ...dependencies,
    ...(claim && { claim }),
    telemetry,
    turnDeadlineMs: 300_000,
    sendTurnRun: async () => {},
  });
  return { job, lines, flushes };
}

it("a turn that has ended is a success", async () => {
  const { job, lines, flushes } = open();
  await job(event, context);
  expect([lines, flushes()]).toEqual([[], 1]);
});

it("a failure is logged and thrown, so that Lambda runs the event again", async () => {
  const cause = new Error("no database");
  const { job, lines, flushes } = open(() => Promise.reject(cause));
  await expect(job(event, context)).rejects.toBe(cause);
  expect(lines).toEqual([{ level: "error", event: "turn_run.failed", cause }]);
  expect(flushes()).toBe(1);
});

it.each<[unknown, string]>([
  [undefined, "whole event"],
  ["turn", "whole event"],
  [{ ...event, owner: "" }, "owner"],
  [{ ...event, conversation_id: "1" }, "conversation_id"],
  [{ ...event, turn_id: "1" }, "turn_id"],
  [{ ...event, message: "Hello" }, "message"],
])("the event %j is refused: %s", async (input, field) => {
  const { job } = open(() => Promise.reject(new Error("claimed")));
  await expect(job(input, context)).rejects.toThrow(`The event is not valid: ${field}.`);
});
