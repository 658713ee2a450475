/** How a call ended. */
export interface ToolResult {
  state: "done" | "failed" | "denied" | "unknown";
  /** For the model: at most 8 KB. */
  output: string;
  /** For the person: at most 64 KB, and 256 KB in a turn. */
  stored: string;
  /** The text is a sentence of this system and a person's note, without a word from a tool. */
  isOwnWords: boolean;
}

function ownWords(state: ToolResult["state"], sentence: string): ToolResult {
  return { state, output: sentence, stored: sentence, isOwnWords: true };
}

/** The gate itself refused the call. */
export const failedResult = (sentence: string) => ownWords("failed", sentence);

/** A person refused the call. The note is what the person wrote to the model. */
export function deniedResult(note?: string): ToolResult {
  const sentence = "The person refused this call. Do not call it again unless the person asks.";
  return ownWords("denied", note ? `${sentence} The person wrote: ${note}` : sentence);
}

export const expiredResult = ownWords(
  "denied",
  "Nobody decided in time whether this call may run, so it did not run.",
);

/** The program that declared the tool gave no output in time. */
export const expiredClientResult = ownWords(
  "failed",
  "Error: The program that runs this tool returned no result in time.",
);

/** The receipt was claimed and never settled, or the tool lost track of its effect. */
export const unknownResult = ownWords(
  "unknown",
  "It is unknown whether this call took effect. Do not call it again unless the person asks.",
);
