import type { ChatEvent } from "./read-events.ts";

/** Returns the text of an answer after one more event. A `snapshot` replaces it, because another runner may have written anew. */
export function answerText(text: string, { event, data }: ChatEvent): string {
  switch (event) {
    case "turn":
      return "";
    case "snapshot":
    case "done":
    case "stopped":
      return data.text;
    case "delta":
      return text + data.text;
    default:
      return text;
  }
}
