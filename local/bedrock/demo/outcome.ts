import type { ToolResult } from "#local/bedrock/converse-request.ts";
import { type Language, sayIn } from "./language.ts";

/** How a tool call ended. */
export interface Outcome {
  /** `refused` by a person, or because nobody decided in time. `unknown`: perhaps it took effect. */
  state: "done" | "failed" | "refused" | "unknown";
  /** What the tool returned, without the marks of the agent. */
  text: string;
}

export function readOutcome(result: ToolResult): Outcome {
  const text = result.content
    .map((part) => ("text" in part ? withoutFrame(part.text) : JSON.stringify(part.json)))
    .join("\n");
  if (/^(?:The person refused this call\.|Nobody decided in time)/u.test(text)) {
    return { state: "refused", text };
  }
  if (text.startsWith("It is unknown whether this call took effect")) {
    return { state: "unknown", text };
  }
  // The client library does not send `status`. So the beginning of the text also identifies an error.
  const isFailed = result.status === "error" || /^(?:error\b|the tool )/iu.test(text);
  return { state: isFailed ? "failed" : "done", text: text.replace(/^error:\s*/iu, "") };
}

/** Returns a sentence for a call that returned no result. */
export function excuse(
  { state, text }: Outcome,
  toolName: string,
  { language }: { language: Language },
): string {
  const say = sayIn(language);
  if (state === "failed") {
    return say(
      `The tool \`${toolName}\` could not help: ${text}`,
      `Das Werkzeug \`${toolName}\` konnte nicht helfen: ${text}`,
    );
  }
  if (state === "unknown") {
    return say(
      "It is unknown whether the call took effect. I will not make it again unless you ask.",
      "Es ist unbekannt, ob der Aufruf gewirkt hat. Ich wiederhole ihn nur, wenn du es verlangst.",
    );
  }
  if (text.startsWith("Nobody")) {
    return say(text, "Niemand hat rechtzeitig über den Aufruf entschieden. Er lief also nicht.");
  }
  const [, note] = /The person wrote: (.*)/su.exec(text) ?? [];
  return say(
    `You refused the call, so I did not make it.${note ? ` You wrote: ${note}` : ""}`,
    `Du hast den Aufruf abgelehnt, also habe ich ihn nicht gemacht.${note ? ` Du schriebst: ${note}` : ""}`,
  );
}

/** Removes the mark with which the agent begins each line of a tool's result. */
function withoutFrame(text: string): string {
  const lines = text.split("\n");
  const isFramed = lines.every((line) => line.startsWith("> "));
  return isFramed ? lines.map((line) => line.slice(2)).join("\n") : text;
}
