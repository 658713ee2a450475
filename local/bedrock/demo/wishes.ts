import { wishMark } from "#lib/agent/graph/instructions-prompt.ts";
import { type AnswerEvent, textEvents } from "#local/bedrock/answer.ts";
import type { ConverseRequest } from "#local/bedrock/converse-request.ts";
import { quote } from "./history.ts";
import { type Language, sayIn } from "./language.ts";

/** What the person's instructions ask for, as far as rules can follow them. */
export interface Wishes {
  /** The language of every answer. Undefined: that of the person's messages. */
  language: Language | undefined;
  isBrief: boolean;
  /** What no rule follows. */
  unknown: string[];
}

const german = /\b(?:german|deutsch|deutsche[mnrs]?)\b/iu;
const english = /\b(?:english|englisch|englische[mnrs]?)\b/iu;
const answer =
  /\b(?:answer|reply|respond|write|speak|always|antworte|antworten|schreib|sprich|immer|only|nur)\b/iu;
const brief =
  /\b(?:brief|briefly|short|terse|concise|concisely|kurz|kurze|knapp|knappe|bündig|one sentence|ein(?:em)? satz)\b/iu;

/** Reads the person's instructions from the system prompt. Of two that differ the last one wins, as the prompt says. */
export function readWishes({ system }: ConverseRequest): Wishes {
  const wishes: Wishes = { language: undefined, isBrief: false, unknown: [] };
  const lines = system
    .flatMap((block) => ("text" in block ? block.text.split("\n") : []))
    .filter((line) => line.startsWith(wishMark));
  const sentences = lines.flatMap((line) => line.slice(wishMark.length).split(/(?<=[.!?;])\s+/u));
  for (const sentence of sentences.filter((text) => text.trim() !== "")) {
    const language = languageIn(sentence);
    if (language) wishes.language = language;
    if (brief.test(sentence)) wishes.isBrief = true;
    if (!language && !brief.test(sentence)) wishes.unknown.push(sentence.trim());
  }
  return wishes;
}

function languageIn(sentence: string): Language | undefined {
  if (!answer.test(sentence)) return undefined;
  if (german.test(sentence)) return "de";
  return english.test(sentence) ? "en" : undefined;
}

/** Returns the answer's first paragraph, with the list or table that it introduces. */
export function shorten(events: readonly AnswerEvent[]): AnswerEvent[] {
  const kept: AnswerEvent[] = [];
  let text = "";
  for (const event of events) {
    if (event.type === "text") {
      const end = event.text.indexOf("\n\n");
      const paragraph = (text + event.text.slice(0, Math.max(end, 0))).trimEnd();
      if (end >= 0 && paragraph !== "" && !paragraph.endsWith(":")) {
        return end === 0 ? kept : [...kept, { type: "text", text: event.text.slice(0, end) }];
      }
      text += event.text;
    }
    kept.push(event);
  }
  return kept;
}

/** Returns one line for the instructions that no rule follows. */
export function excuseFor({ unknown }: Wishes, language: Language): AnswerEvent[] {
  const [first] = unknown;
  if (first === undefined) return [];
  const quoted = quote(first);
  return textEvents(
    sayIn(language)(
      `\n\n*The demo model cannot follow the instruction ${quoted}. It follows a language, English or German, and “be brief”.*`,
      `\n\n*Das Demo-Modell kann der Anweisung ${quoted} nicht folgen. Es folgt einer Sprache, Deutsch oder Englisch, und „fasse dich kurz“.*`,
    ),
  );
}
