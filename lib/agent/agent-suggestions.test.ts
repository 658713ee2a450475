import { expect, it } from "vitest";
import type { AnswerEvent, StopReason } from "#local/bedrock/answer.ts";
import { answerWith, answerWithEvents, scriptedToolCall } from "#local/bedrock/script.ts";
import { look, openBedrockForEachTest } from "#test/support/agent-conversation.ts";

const bedrock = openBedrockForEachTest();
const list = "\n\n<next>\nWhat is it?\nAnd why?\n</next>";

/** The words of a text, one by one, and how the answer ends. */
const words = (text: string, reason: StopReason) =>
  answerWithEvents(
    [...text].map((unit): AnswerEvent => ({ type: "text", text: unit })),
    reason,
  );
const start = (hasSuggestions = true) =>
  bedrock.startConversation({ tools: [look], hasSuggestions });
type Events = Awaited<ReturnType<ReturnType<typeof start>["run"]>>["events"];
const suggestionsIn = (events: Events) =>
  events.flatMap((event) => (event.type === "suggestions" ? event.suggestions : []));
const systemOf = (call: number) => JSON.stringify(bedrock.calls[call]?.request.system);

it("takes the suggestions out of what is shown, of the thread and of the next request", async () => {
  const { run, thread } = start();
  bedrock.script.add(words(`It is so.${list}`, "end_turn"), answerWith("Well."));
  const { text, events } = await run("Is it?");
  expect(text).toBe("It is so.");
  expect(suggestionsIn(events)).toEqual(["What is it?", "And why?"]);
  expect(await thread()).toEqual(["turn1 human: Is it?", "turn1:a ai: It is so."]);
  await run("What is it?");
  expect(JSON.stringify(bedrock.calls[1]?.request.messages)).not.toContain("next");
  expect(systemOf(0)).toContain("<next>");
});

it("takes none before a tool call, whose text agrees with the thread's", async () => {
  const { run, thread } = start();
  const call = scriptedToolCall("look", "{}");
  bedrock.script.add(
    answerWithEvents([{ type: "text", text: `I look.${list}` }, ...call], "tool_use"),
    words(`I saw it.${list}`, "end_turn"),
  );
  const { text, events } = await run("Look!");
  expect(text).toBe("I look.\n\nI saw it.");
  expect(suggestionsIn(events)).toEqual(["What is it?", "And why?"]);
  expect((await thread()).join("\n")).not.toContain("next");
});

it("takes none from an answer that was cut at its length", async () => {
  bedrock.script.add(words(`It is so.${list}`, "max_tokens"));
  const { text, events } = await start().run("Is it?");
  expect(text).toBe("It is so.");
  expect(suggestionsIn(events)).toEqual([]);
});

it("knows no suggestions if the deployment wants none", async () => {
  bedrock.script.add(words(`It is so.${list}`, "end_turn"));
  const { text, events } = await start(false).run("Is it?");
  expect(text).toBe(`It is so.${list}`);
  expect(suggestionsIn(events)).toEqual([]);
  expect(systemOf(0)).not.toContain("<next>");
});
