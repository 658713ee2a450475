import {
  type ConverseRequest,
  type Message,
  texts,
  toolResults,
  toolUses,
} from "#local/bedrock/converse-request.ts";
import { notesOf, readNotes } from "./notes.ts";
import { type Outcome, readOutcome } from "./outcome.ts";

/** What the demo model reads of a request. */
export interface ReadRequest {
  /** The newest message of the person. */
  message: string;
  /** The person's messages, oldest first, with those that the notes mention. The last is `message`. */
  messages: string[];
  /** Sentences that state facts, from the notes on earlier messages. */
  notedFacts: string[];
  /** The calls of this turn that have ended, by `callKey`. */
  outcomes: Map<string, Outcome>;
  /** How often this turn has called tools. */
  steps: number;
}

export function readRequest(request: ConverseRequest): ReadRequest {
  const notes = notesOf(request);
  const known = readNotes(notes);
  const messages = notes === "" ? request.messages : request.messages.slice(1);
  const isOfPerson = (message: Message) => message.role === "user" && texts(message).length > 0;
  const written = messages.filter(isOfPerson).flatMap(textsOf);
  // A text after results is a new question: the turn that called the tools was interrupted.
  const turn = messages.slice(messages.findLastIndex(isOfPerson) + 1);
  const uses = turn.flatMap(toolUses);
  const outcomes = new Map<string, Outcome>();
  for (const result of turn.flatMap(toolResults)) {
    const use = uses.find(({ toolUseId }) => toolUseId === result.toolUseId);
    if (use) outcomes.set(callKey(use.name, use.input), readOutcome(result));
  }
  return {
    message: written.at(-1) ?? "",
    messages: [...known.first, ...written],
    notedFacts: known.facts,
    outcomes,
    steps: turn.filter((message) => toolUses(message).length > 0).length,
  };
}

/** Returns the same text for the same call, whatever the order of its keys: a database may have changed that. */
export function callKey(name: string, input: unknown): string {
  return `${name} ${JSON.stringify(input, (_, value: unknown) => sorted(value))}`;
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Replaces typographic apostrophes, because the rules match only the straight one. */
const textsOf = (message: Message): string[] =>
  texts(message).map((text) => text.trim().replaceAll("’", "'"));
