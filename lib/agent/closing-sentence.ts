import { isBlank } from "./message-content.ts";

/**
 * What is added to an answer that would leave a person wondering; undefined for one that stands alone.
 * An answer cut by its length is kept as it is.
 */
export function closingSentence(answer: {
  text: string;
  stopReason: string | undefined;
  wantsTools: boolean;
}): string | undefined {
  const { text, stopReason, wantsTools } = answer;
  if (stopReason === "content_filtered") {
    return "The model's content filter withheld the rest of this answer. Please ask in another way.";
  }
  if (!isBlank(text)) return undefined;
  if (stopReason === "guardrail_intervened") {
    return "I cannot answer that: a guardrail of this system withheld the answer.";
  }
  if (stopReason === "model_context_window_exceeded") {
    return "This conversation has become too long for the model. Please start a new one.";
  }
  if (wantsTools) {
    return "I could not finish this within the steps that one answer may take. Please ask for a smaller part of it.";
  }
  return "The model gave no answer. Please ask again, perhaps in other words.";
}
