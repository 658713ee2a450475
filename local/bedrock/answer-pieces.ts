import type { AnswerEvent } from "./answer.ts";

/** A text a word at a time, which is about a token each. Joined they are the text again. */
export function textPieces(text: string): AnswerEvent[] {
  const words = text.match(/\s*\S+|\s+$/g) ?? [];
  return words.map((word) => ({ type: "text", text: word }));
}

/** A tool call whose arguments, whole or cut JSON, come in two pieces. */
export function toolPieces(id: string, name: string, json: string): AnswerEvent[] {
  const middle = Math.ceil(json.length / 2);
  return [
    { type: "tool", id, name },
    { type: "tool_input", json: json.slice(0, middle) },
    { type: "tool_input", json: json.slice(middle) },
  ];
}
