import { afterAll, expect, it } from "vitest";
import type { TurnState } from "#lib/contract/chat.ts";
import { texts } from "#local/bedrock/converse-request.ts";
import {
  answerWith,
  callTools,
  createGate,
  interrupt,
  type ScriptedCall,
  stall,
} from "#local/bedrock/script.ts";
import { openTwin } from "#test/support/open-twin.ts";

const { twin, logIn } = await openTwin({
  environment: { CHAT_REQUESTS_PER_MINUTE: "60", TURN_DEADLINE_SECONDS: "5" },
});
const client = await logIn();
// The agent is loaded now, so five seconds are enough for a turn.
await client.chat("Hello");
afterAll(() => {
  expect(twin.parts.bedrock.rejections).toEqual([]);
});

const forEver = () => stall(createGate());
const addition = { name: "calculator", input: { expression: "1+1" } };

it.each<[string, ScriptedCall[], string]>([
  ["before its first word", [interrupt(answerWith("Never"), 0, forEver())], ""],
  ["in its text", [interrupt(answerWith("Once upon a time"), 3, forEver())], "Once upon a"],
  [
    "after a tool has run",
    [callTools([addition], "Let me see."), interrupt(answerWith("It is two"), 2, forEver())],
    "Let me see.\n\nIt is",
  ],
])(
  "an answer that hangs %s times out, keeps its text, and continues on request",
  async (_, steps, text) => {
    twin.parts.bedrock.script.add(...steps);
    const late = await client.chat("Tell me.");
    expect(late.text).toBe(text);
    expect(late.events.at(-1)).toMatchObject({
      event: "error",
      id: `${late.turn_id}.end`,
      data: { type: "deadline_exceeded", status: 504, retryable: false },
    });
    const read = await client.send(late.stream_url, { headers: { accept: "application/json" } });
    const state = (await read.json()) as TurnState;
    expect(state).toMatchObject({
      status: "failed",
      result: text,
      error: { type: "deadline_exceeded" },
      history_from: late.turn_id,
    });
    expect(state.tools.every((tool) => tool.state === "done")).toBe(true);

    const next = await client.chat("Continue.", late.conversation_id);
    expect(next.events.at(-1)).toMatchObject({ event: "done" });
    const { messages } = twin.parts.bedrock.calls.at(-1)?.request ?? { messages: [] };
    // The model also gets the tool calls of the turn that failed. Their messages have no text.
    const said = messages.map((message) => texts(message).join()).filter((words) => words !== "");
    expect(said).toEqual(["Tell me.", text === "" ? "(stopped)" : text, "Continue."]);
    const blocks = messages.flatMap(({ content }) => content);
    const calls = blocks.filter((block) => "toolUse" in block);
    expect(calls).toHaveLength(state.tools.length);
  },
);
