import { describe, expect, it } from "vitest";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import {
  answerWith,
  answerWithEvents,
  callTools,
  cut,
  end,
  exception,
  interrupt,
  refuseWith,
  type ScriptedCall,
  scriptedToolCall,
} from "#local/bedrock/script.ts";
import { readAll } from "#test/support/chat-client.ts";
import { checkRecord } from "./check-record.ts";
import { openFaultTwin } from "./fault-twin.ts";
import { noteFigures } from "./figures.ts";
import { createRecord, createStreamWitness } from "./record.ts";
import { isFullRun } from "./run-size.ts";

const system = openFaultTwin({ firstTokenMs: 0, tokensPerSecond: 0 });

const busy = refuseWith("ThrottlingException");
const addition = { name: "calculator", input: { expression: "1+1" } };
const text = answerWith("One two three four five six seven eight.");
const cutCall = answerWithEvents(scriptedToolCall("calculator", '{"expression": "1+'), "tool_use");

/** What the model does to the next message, and how the turn has to end. */
const troubles: [string, ScriptedCall[], "done" | "failed"][] = [
  ["throttles before the first token", [busy], "done"],
  ["throttles in mid-stream", [interrupt(text, 3, exception("throttlingException"))], "done"],
  ["loses the connection in its text", [interrupt(text, 4, cut)], "done"],
  ["loses the connection in a tool call", [interrupt(callTools([addition]), 1, cut)], "done"],
  ["ends early", [interrupt(text, 4, end)], "done"],
  ["breaks after a tool has run", [callTools([addition]), interrupt(text, 2, cut)], "done"],
  ["cuts its tool arguments short", [cutCall, cutCall], "done"],
  ["is cut by its length", [answerWith("Only so far", "max_tokens")], "done"],
  ["withholds its answer", [answerWith("Never", "content_filtered")], "done"],
  ["refuses what came before", [refuseWith("ValidationException")], "done"],
  [
    "refuses the request",
    [refuseWith("ValidationException"), refuseWith("ValidationException")],
    "failed",
  ],
  ["throttles for ever", [busy, busy, busy, busy, busy], "failed"],
];

describe.runIf(isFullRun)("a turn whose model", () => {
  it.each(troubles)("%s ends visibly and leaves a valid thread", async (_, steps, kind) => {
    const { script } = system.twin.parts.bedrock;
    const record = createRecord();
    const first = await ask("My name is Ada.", record);
    script.add(...steps);
    const troubled = await ask("What comes next?", record, first.conversationId);
    script.clear();
    expect(record.ends.at(-1)?.kind).toBe(kind);
    const ran = troubled.events.filter(
      ({ event, data }) => event === "tool" && "state" in data && data.state === "done",
    );
    if (steps[0] === cutCall) expect(ran).toEqual([]);
    await ask("What is my name?", record, first.conversationId);
    expect(record.ends.at(-1)?.text).toContain("Ada");
    const { details } = await checkRecord(record, system.pool);
    expect(details).toEqual([]);
  });

  it("throttles after any of its first 20 tokens is answered anyway", async (context) => {
    const record = createRecord();
    const spellings = ["ThrottlingException", "throttlingException"] as const;
    for (let tokens = 0; tokens <= 20; tokens += 1) {
      const spelling = spellings[tokens % 2] ?? "ThrottlingException";
      system.twin.parts.bedrock.script.add(interrupt({}, tokens, exception(spelling)));
      await ask(`Write a long answer, please, ${tokens}.`, record);
    }
    const { details, ...findings } = await checkRecord(record, system.pool);
    noteFigures(context, { places: 21, ...findings });
    expect(details).toEqual([]);
    expect(findings.done).toBe(21);
  }, 120_000);
});

async function ask(
  message: string,
  record: ReturnType<typeof createRecord>,
  conversationId?: string,
) {
  const witness = createStreamWitness(record);
  const sent = await system.client.post(message, conversationId);
  record.acknowledged.push({
    conversationId: sent.conversation_id,
    turnId: sent.turn_id,
    message,
  });
  const events: StreamEvent[] = await readAll(await system.client.send(sent.stream_url));
  for (const event of events) witness.see(event);
  return { conversationId: sent.conversation_id, events };
}
