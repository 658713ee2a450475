import { isBlank } from "#lib/agent/history/message-content.ts";

/** Returns a sentence that explains a missing or incomplete answer, or undefined if the answer is complete. */
export function closingSentence(answer: {
  text: string;
  stopReason: string | undefined;
  /** The answer calls tools, but the turn may run no more of them. */
  wantsTools: boolean;
}): string | undefined {
  const { text, stopReason, wantsTools } = answer;
  if (stopReason === "content_filtered") {
    return "The model's content filter withheld the rest of this answer. Please rephrase your question.";
  }
  if (stopReason === "guardrail_intervened") {
    // A guardrail may have a message of its own, which then is the answer.
    return isBlank(text)
      ? "I cannot answer that: a guardrail of this service withheld the answer."
      : undefined;
  }
  if (wantsTools) {
    return "I could not finish this within the steps allowed for one answer. Please ask for a smaller part.";
  }
  if (!isBlank(text)) return undefined;
  if (stopReason === "model_context_window_exceeded") {
    return "This conversation is too long for the model. Please start a new one.";
  }
  return "The model gave no answer. Please send the message again.";
}
