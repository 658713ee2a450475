import { toWords } from "../texts/tool-names.ts";

/** One argument of a tool call, as a person reads it before a decision. */
export interface ShownArgument {
  /** "" if the arguments are not named. */
  name: string;
  text: string;
  /** The text is JSON. */
  isCode: boolean;
  /** The beginning of a long text, which the page folds; null for a short text. */
  start: string | null;
}

// UTF-16 units and lines of a text that the page shows whole.
const longestWhole = 500;
const mostLines = 10;

/** Returns every argument, whole. What a person approves must not be hidden, whatever the model has put in it. */
export function describeArguments(input: unknown): ShownArgument[] {
  if (input === undefined || input === null) return [];
  if (typeof input !== "object" || Array.isArray(input)) return [describeValue("", input)];
  return Object.entries(input).map(([name, value]) => describeValue(toWords(name), value));
}

function describeValue(name: string, value: unknown): ShownArgument {
  const isCode = typeof value === "object" && value !== null;
  const text = isCode ? JSON.stringify(value, null, 2) : String(value);
  return { name: revealHidden(name), text: revealHidden(text), isCode, start: startOf(text) };
}

/** Returns null for a short text. Cuts at the first limit that is reached, never within a surrogate pair. */
function startOf(text: string): string | null {
  const lines = text.split("\n", mostLines).join("\n");
  const start = lines.slice(0, longestWhole);
  if (start.length === text.length) return null;
  return revealHidden(start.replace(/[\ud800-\udbff]$/, ""));
}

/**
 * Replaces characters that a browser does not show, or that change the order in which it shows others: with them a model
 * could make an address read like another one. Joiners stay, because emoji and several scripts need them.
 */
function revealHidden(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115f\u1160\u2800\u3164\uffa0]/gu, (character) =>
    /[\n\t\u200c\u200d]/.test(character) ? character : codePoint(character),
  );
}

const codePoint = (character: string) =>
  `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟩`;
