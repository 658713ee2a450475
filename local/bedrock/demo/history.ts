import { collectFacts } from "./facts.ts";
import { type Language, sayIn } from "./language.ts";

const firstQuestion =
  /\bmy (?:very )?first (question|message)\b|\bwhat did I (?:ask|say|write)(?: you)? first\b|\bmeine erste (frage|nachricht)\b|\bwas habe ich (?:dich )?(?:zuerst|als erstes)\b/iu;
const lastQuestion =
  /\bmy (?:last|previous) (?:question|message)\b|\bwhat did I (?:just|last) (?:ask|say|write)\b|\bmeine (?:letzte|vorige) (?:frage|nachricht)\b|\bwas habe ich (?:gerade|zuletzt)\b/iu;
const summaryQuestion =
  /\b(?:summari[sz]e|sum up|summary of|recap)\b(?:.*\b(?:chat|conversation|discussion)\b|[.!?]*$)|\b(?:fasse|zusammenfassung)\b.*\b(?:chat|gespräch|unterhaltung)\b/iu;

/** Answers questions about the conversation itself. `messages` are the person's, the question last. */
export function recallHistory(
  question: string,
  messages: readonly string[],
  language: Language,
): string | undefined {
  const before = messages.slice(0, -1);
  if (summaryQuestion.test(question)) return summarise(before, language);
  const say = sayIn(language);
  const first = question.match(firstQuestion);
  if (first) {
    const isQuestion = /question|frage/iu.test(first[1] ?? first[2] ?? "");
    const found = isQuestion ? before.find((text) => text.includes("?")) : before[0];
    return quoteOrNone(say("first", "erste"), found ?? before[0], language);
  }
  return lastQuestion.test(question)
    ? quoteOrNone(say("previous", "vorige"), before.at(-1), language)
    : undefined;
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

function quoteOrNone(which: string, text: string | undefined, language: Language): string {
  const say = sayIn(language);
  if (text === undefined) {
    return say(
      "This is the first thing that you have written here.",
      "Das ist das Erste, was du hier geschrieben hast.",
    );
  }
  const isQuestion = text.includes("?");
  return say(
    `Your ${which} ${isQuestion ? "question" : "message"} was: ${quote(text)}`,
    `Deine ${which} ${isQuestion ? "Frage" : "Nachricht"} war: ${quote(text)}`,
  );
}

function summarise(before: readonly string[], language: Language): string {
  const say = sayIn(language);
  if (before.length === 0) {
    return say(
      "There is nothing to sum up yet: this is your first message.",
      "Es gibt noch nichts zusammenzufassen: Das ist deine erste Nachricht.",
    );
  }
  const shown = before.slice(-10).map((text) => `- ${quote(text)}`);
  const more = before.length - shown.length;
  const facts = [...collectFacts([...before]).values()].map(
    ({ name, value }) => `${name}: ${value}`,
  );
  const count = before.length;
  return [
    say(
      `An extract, not a summary: so far you have written ${count === 1 ? "one message" : `${count} messages`}:`,
      `Ein Auszug, keine Zusammenfassung: Bisher hast du ${count === 1 ? "eine Nachricht" : `${count} Nachrichten`} geschrieben:`,
    ),
    "",
    ...(more > 0 ? [say(`- … and ${more} before these`, `- … und ${more} davor`)] : []),
    ...shown,
    ...(facts.length > 0
      ? [
          "",
          say(`About you I know: ${facts.join("; ")}.`, `Über dich weiß ich: ${facts.join("; ")}.`),
        ]
      : []),
  ].join("\n");
}
