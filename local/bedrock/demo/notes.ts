import { summaryHeading } from "#lib/agent/history/thread-summary.ts";
import { summaryPrompt } from "#lib/agent/model/summarise.ts";
import { type ConverseRequest, texts } from "#local/bedrock/converse-request.ts";
import { collectFacts, sentences } from "./facts.ts";

/** The system asks for a summary of a conversation's oldest turns. */
export const wantsNotes = ({ system }: ConverseRequest): boolean =>
  system.some((block) => "text" in block && block.text === summaryPrompt);

const label =
  "The demo model cannot summarise. It copies the sentences in which the person states a fact.";
const firstPrefix = "First message: ";
const maxFirstLength = 200;
/** Of facts; with more of them the oldest go. */
const maxLines = 200;

/** Notes of a transcript: the person's own sentences that state facts, oldest first. */
export function writeNotes(transcript: string): string {
  const entries = transcript
    .split("\n")
    .map((line) => JSON.parse(line) as { notes?: string; person?: string });
  const known = readNotes(entries.map(({ notes = "" }) => notes).join("\n"));
  const said = entries.flatMap(({ person }) => person ?? []);
  const [first] = [...known.first, ...said];
  const told = said.flatMap(sentences).filter((sentence) => collectFacts([sentence]).size > 0);
  return [
    label,
    ...(first === undefined
      ? []
      : [firstPrefix + first.replaceAll(/\s+/g, " ").slice(0, maxFirstLength)]),
    ...[...new Set([...known.facts, ...told])].slice(-maxLines).map((line) => `- ${line}`),
  ]
    .join("\n")
    .toWellFormed();
}

/** What notes of `writeNotes` tell. A conversation without notes has neither. */
export function readNotes(notes: string): { first: string[]; facts: string[] } {
  const lines = notes.split("\n");
  const after = (prefix: string) =>
    lines.filter((line) => line.startsWith(prefix)).map((line) => line.slice(prefix.length));
  return { first: after(firstPrefix), facts: after("- ") };
}

/** The notes that stand before the messages of a request; "" without any. */
export function notesOf({ messages }: ConverseRequest): string {
  const [first = ""] = texts(messages[0]);
  return first.startsWith(summaryHeading) ? first : "";
}
