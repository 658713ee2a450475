import { expect, it } from "vitest";
import { closingSentence } from "./closing-sentence.ts";

it.each(["end_turn", "max_tokens", "guardrail_intervened", undefined])(
  "leaves an answer alone that ended with %s and says something",
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
])("explains a blank answer that ended with %s", (stopReason, wantsTools, sentence) => {
  expect(closingSentence({ text: " \n", stopReason, wantsTools })).toMatch(sentence);
});

it("says that something is missing after a filtered answer", () => {
  const answer = { text: "First,", stopReason: "content_filtered", wantsTools: false };
  expect(closingSentence(answer)).toMatch(/rest of this answer/);
});

it("says that more was wanted after an answer that still calls tools", () => {
  const answer = { text: "Let me look again.", stopReason: "tool_use", wantsTools: true };
  expect(closingSentence(answer)).toMatch(/could not finish/);
});
