import { expect, it } from "vitest";
import { closingSentence } from "./closing-sentence.ts";

it.each(["end_turn", "max_tokens", "guardrail_intervened", undefined])(
  "an answer with text that stopped with %s needs no sentence",
  (stopReason) => {
    expect(closingSentence({ text: "Yes.", stopReason, wantsTools: false })).toBeUndefined();
  },
);

it.each([
  ["end_turn", false, /no answer/],
  ["end_turn", true, /smaller part/],
  ["max_tokens", false, /no answer/],
  ["guardrail_intervened", false, /guardrail/],
  ["model_context_window_exceeded", false, /too long/],
])("a blank answer that stopped with %s is explained", (stopReason, wantsTools, sentence) => {
  expect(closingSentence({ text: " \n", stopReason, wantsTools })).toMatch(sentence);
});

it("a filtered answer is explained", () => {
  const answer = { text: "First,", stopReason: "content_filtered", wantsTools: false };
  expect(closingSentence(answer)).toMatch(/rest of this answer/);
});

it("an answer that still calls tools is explained", () => {
  const answer = { text: "Let me look again.", stopReason: "tool_use", wantsTools: true };
  expect(closingSentence(answer)).toMatch(/could not finish/);
});
