import { summaryHeading } from "#lib/agent/history/thread-summary.ts";
import { summaryPrompt } from "#lib/agent/model/summarise.ts";
import { type ConverseRequest, texts } from "#local/bedrock/converse-request.ts";
import { collectFacts, sentences } from "./facts.ts";

/** Whether the request is for a summary of a conversation's oldest turns. */
export const isSummaryRequest = ({ system }: ConverseRequest): boolean =>
  system.some((block) => "text" in block && block.text === summaryPrompt);

const label =
  "The demo model cannot summarise. It copies the sentences in which the person states a fact.";
const firstPrefix = "First message: ";
const maxFirstLength = 200;
/** The newest 200 facts are kept. */
const maxLines = 200;

/** Returns notes of a transcript: the user's sentences that state facts, oldest first. */
export function writeNotes(transcript: string): string {
  const entries = transcript
    .split("\n")
    .map((line) => JSON.parse(line) as { notes?: string; person?: string });
  const known = readNotes(entries.map(({ notes = "" }) => notes).join("\n"));
  const userTexts = entries.flatMap(({ person }) => person ?? []);
  const [first] = [...known.first, ...userTexts];
  const factSentences = userTexts
    .flatMap(sentences)
    .filter((sentence) => collectFacts([sentence]).size > 0);
  return [
    label,
    ...(first === undefined
      ? []
      : [firstPrefix + first.replaceAll(/\s+/g, " ").slice(0, maxFirstLength)]),
    ...[...new Set([...known.facts, ...factSentences])].slice(-maxLines).map((line) => `- ${line}`),
  ]
    .join("\n")
    .toWellFormed();
}

/** Parses notes of `writeNotes`. Returns empty lists without notes. */
export function readNotes(notes: string): { first: string[]; facts: string[] } {
  const lines = notes.split("\n");
  const after = (prefix: string) =>
    lines.filter((line) => line.startsWith(prefix)).map((line) => line.slice(prefix.length));
  return { first: after(firstPrefix), facts: after("- ") };
}

/** Returns the notes at the beginning of the request's first message, or "". */
export function notesOf({ messages }: ConverseRequest): string {
  const [first = ""] = texts(messages[0]);
  return first.startsWith(summaryHeading) ? first : "";
}
