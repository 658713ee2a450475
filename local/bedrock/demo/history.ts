import { collectFacts } from "./facts.ts";

const firstQuestion =
  /\bmy (?:very )?first (question|message)\b|\bwhat did I (?:ask|say|write)(?: you)? first\b/iu;
const lastQuestion =
  /\bmy (?:last|previous) (?:question|message)\b|\bwhat did I (?:just|last) (?:ask|say|write)\b/iu;
const summaryQuestion =
  /\b(?:summari[sz]e|sum up|summary of|recap)\b(?:.*\b(?:chat|conversation|discussion)\b|[.!?]*$)/iu;

/** Answers questions about the conversation itself. `userTexts` are the user's texts, the question last. */
export function recallHistory(question: string, userTexts: string[]): string | undefined {
  const before = userTexts.slice(0, -1);
  if (summaryQuestion.test(question)) return summarise(before);
  const first = question.match(firstQuestion);
  if (first) {
    const found = first[1] === "question" ? before.find((text) => text.includes("?")) : before[0];
    return quoteOrNone("first", found ?? before[0]);
  }
  return lastQuestion.test(question) ? quoteOrNone("previous", before.at(-1)) : undefined;
}

/** Returns a text in quotation marks, on one line and at most 80 units long. */
export function quote(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return `“${line.length > 80 ? `${firstCharacters(line, 79).trimEnd()}…` : line}”`;
}

const characters = new Intl.Segmenter();

/** Returns whole graphemes of at most `length` UTF-16 units together. */
function firstCharacters(text: string, length: number): string {
  const cut = characters.segment(text.slice(0, length + 1)).containing(length);
  return text.slice(0, cut?.index ?? length);
}

function quoteOrNone(which: string, text: string | undefined): string {
  if (text === undefined) return "This is the first thing that you have written here.";
  return `Your ${which} ${text.includes("?") ? "question" : "message"} was: ${quote(text)}`;
}

function summarise(before: string[]): string {
  if (before.length === 0) return "There is nothing to sum up yet: this is your first message.";
  const shown = before.slice(-10).map((text) => `- ${quote(text)}`);
  const more = before.length - shown.length;
  const facts = [...collectFacts(before).values()].map(({ name, value }) => `${name}: ${value}`);
  return [
    `So far you have written ${before.length === 1 ? "one message" : `${before.length} messages`}:`,
    "",
    ...(more > 0 ? [`- … and ${more} before these`] : []),
    ...shown,
    ...(facts.length > 0 ? ["", `About you I know: ${facts.join("; ")}.`] : []),
  ].join("\n");
}
