import * as v from "valibot";
import { parseJson } from "#lib/platform/json.ts";
import { quote } from "#local/bedrock/demo/history.ts";
import { sayIn } from "#local/bedrock/demo/language.ts";
import { excuse, type Outcome } from "#local/bedrock/demo/outcome.ts";
import {
  bestPassageQuotes,
  type FoundPassage,
  paragraphsOf,
  readPassages,
  showQuote,
} from "#local/bedrock/demo/passages.ts";
import {
  findTool,
  type Question,
  type Skill,
  type Step,
  type Work,
} from "#local/bedrock/demo/skill.ts";
import { contentWords, shorten } from "#local/bedrock/demo/sources.ts";
import { asksSomething } from "#local/bedrock/demo/split-message.ts";
import { mostTelling } from "./summary.ts";

const ending = "(?:txt|text|log|md|markdown|html?|csv|tsv|pdf|docx|pptx|xlsx|eml)";
// It begins only where a word begins. Otherwise 100,000 letters in a row would be tried from each of them.
const fileName = new RegExp(
  `(?<![\\p{L}\\p{N}_().-])[\\p{L}\\p{N}][\\p{L}\\p{N}_().-]*\\.${ending}(?![\\p{L}\\p{N}])`,
  "giu",
);
/** The page adds this line to a message with files. */
const attachedLine = /(?:^|\n)\s*(?:attached|angehängt): (.+)$/iu;

/** Words for papers, which their titles have or not: "the sales file". */
const anyPapers =
  "slides?|presentations?|spreadsheets?|workbooks?|files?|documents?|pdfs?|papers?|uploads?|e-?mails?|\\p{L}*präsentation(?:en)?|\\p{L}*tabellen?|\\p{L}*dateien?|dokumente?n?|unterlagen";
/** What a kind of paper is called in the titles of both languages. */
const kinds: [string, string[]][] = [
  ["contracts?|\\p{L}*vertr[aä]g\\w*", ["contract", "vertrag"]],
  ["agreements?|\\p{L}*vereinbarung(?:en)?", ["agreement", "vereinbarung"]],
  ["handbooks?|manuals?|\\p{L}*handb(?:uch|ücher)\\w*", ["handbook", "handbuch", "manual"]],
  ["polic(?:y|ies)|guidelines?|\\p{L}*richtlinien?", ["policy", "guideline", "richtlinie"]],
  ["reports?|\\p{L}*berichte?\\w*", ["report", "bericht"]],
  ["invoices?|\\p{L}*rechnung(?:en)?", ["invoice", "rechnung"]],
  ["minutes|\\p{L}*protokolle?\\w*", ["minutes", "protokoll"]],
  ["offers?|\\p{L}*angebote?\\w*", ["offer", "angebot"]],
  ["\\p{L}*ordnung(?:en)?|satzung(?:en)?", []],
];
const papers = [...kinds.map(([words]) => words), anyPapers].join("|");
const determiners = "my|our|the|this|these|that|mein\\w*|unser\\w*|der|die|das|dem|den|dies\\w*";
const named = `((?:[\\p{L}-]+\\s+)?(?:${papers}))(?!\\p{L})`;
/** "What does my contract say about notice periods?", "Was sagt das Handbuch über Urlaub?", "Was steht im Vertrag?" */
const saysSomething = new RegExp(
  [
    `\\b(?:${determiners})\\s+${named}.*\\b(?:say|says|state|states|mention\\w*|contain\\w*|tell|gives?|sagt|sagen|steht)\\b`,
    `\\b(?:say|says|states?|sagt|sagen|regelt|regeln)\\s+(?:${determiners})\\s+${named}`,
    `\\b(?:according to|laut|in|from|gemäß|steht in|search|durchsuche|suche in)\\s+(?:${determiners})\\s+${named}`,
    `\\b(?:laut|gemäß|im|vom)\\s+${named}`,
    `^(?:(?:and|und|what about|how about|was ist mit)\\s+)+(?:${determiners})\\s+${named}\\s*\\?`,
    `\\bsearch (?:all |my |our )?(documents|files)\\b`,
  ].join("|"),
  "iu",
);
const verb = /^(?:states?|mention\w*|contain\w*|gives?|regelt|regeln)$/iu;
const own = /\b(?:my|our|mein\w*|unser\w*)\b/iu;
const listRequest =
  /^(?:please |bitte )?(?:which|what|list|show(?: me)?|welche|was für|liste|zeige?(?: mir)?)\b(?: me)?(?: all| alle)?(?: (?:the|my|our|your|of the|die|meine|unsere|deine))*\s+(?:documents|files|dokumente|dateien|unterlagen)\b(?! (?:say|sagen|can|may|contain|formats?|kann|do you (?:read|accept|support)))/iu;
const inventedRequest =
  /\b(?:quote|quotation|citation|zitat)\b.*\b(?:not|nowhere|never|nicht|nirgends)\b.*\b(?:documents?|stands?|exist\w*|dokument\w*|steht)\b|\b(?:unverified|invented|false|wrong|fake|made-up|erfundene\w*|ungeprüfte\w*|falsche\w*)\s+(?:quote|quotation|citation|zitat)\b/iu;

const maxFiles = 3;
const maxListed = 12;
const maxQuotes = 2;
const maxExtracts = 3;
const projectMark = "This project › ";

/** Longer messages are read at their beginning and their end only, where they ask and where the page names attached files. */
const maxRead = 4_000;

const shortened = (text: string): string =>
  text.length <= maxRead
    ? text
    : `${text.slice(0, maxRead / 2)}\n${text.slice(-maxRead / 2)}`.toWellFormed();

const shortenedQuestion = (question: Question): Question => ({
  ...question,
  text: shortened(question.text),
  messages: question.messages.map(shortened),
});

/** Questions about the documents that people have added, with quotes that the check of citations finds. */
export const documents: Skill = (long) => {
  const question = shortenedQuestion(long);
  const { text } = question;
  if (!findTool(question, "search_documents")) return undefined;
  if (inventedRequest.test(text)) return inventQuote(question);
  const files = filesIn(text);
  if (files.length > 0) return aboutFiles(question, files, withoutFiles(text));
  if (listRequest.test(text)) return listAll(question);
  return isAboutDocuments(text) ? aboutPapers(question) : undefined;
};

/** A question after one about a file or a paper is about the same one, if nothing else can answer it. */
export const documentsAgain: Skill = (long) => {
  const question = shortenedQuestion(long);
  if (!findTool(question, "search_documents") || !asksSomething(question.text)) return undefined;
  const before = question.messages.slice(0, -1).findLast(isAboutDocuments);
  if (before === undefined) return undefined;
  const files = filesIn(before);
  return files.length > 0
    ? aboutFiles(question, files, question.text)
    : aboutPapers(question, before);
};

/** "And in the contract?" goes on about the subject of an earlier question. */
function earlierSubject({ messages }: Question): string {
  const subjects = messages.slice(0, -1).filter(isAboutDocuments).map(subjectOf);
  return subjects.findLast((subject) => subject !== "") ?? "";
}

/** Returns the words of a question that say something, without the files and papers that it names and without what they do. */
function subjectOf(text: string): string {
  const [, ...groups] = saysSomething.exec(text) ?? [];
  const paper = groups.find(Boolean) ?? "";
  const words =
    withoutFiles(text)
      .replace(paper, "")
      .match(/[\p{L}\d-]+/gu) ?? [];
  return words.filter((word) => contentWords(word).length > 0 && !verb.test(word)).join(" ");
}

const isAboutDocuments = (text: string): boolean =>
  filesIn(text).length > 0 || (saysSomething.test(text) && !/\bdocumentation\b/iu.test(text));

function filesIn(text: string): string[] {
  const [, attached] = attachedLine.exec(text) ?? [];
  return (attached?.split(", ") ?? text.match(fileName) ?? []).slice(0, maxFiles);
}

const withoutFiles = (text: string): string =>
  text.replace(attachedLine, "").replaceAll(fileName, "").trim();

function* aboutFiles(question: Question, files: string[], rest: string): Work {
  const listed = yield* callEach(
    question,
    "list_documents",
    files.map((words) => ({ words })),
  );
  const found = listed.flatMap((outcome) => readListed(outcome.text).slice(0, 1));
  const missing = files.filter((_, index) => readListed(listed[index]?.text ?? "").length === 0);
  const notes = missing.map((file) => notThere(file, question));
  if (found.length === 0) return notes.join("\n\n");
  const isSummary = !asksSomething(rest) || /\b(?:summar|sum up|fasse|zusammen)/iu.test(rest);
  const input = ({ document_id }: Listed) =>
    isSummary ? { document_id } : { question: queryOf(question, rest), document_id };
  const outcomes = yield* callEach(
    question,
    isSummary ? "read_document" : "search_documents",
    found.map(input),
  );
  const replies = outcomes.map((outcome, index) =>
    outcome.state === "done"
      ? isSummary
        ? extractOf(outcome, found[index] as Listed, question)
        : quotesOf([readPassages(outcome.text)], question, found[index]?.title)
      : excuse(outcome, "read_document", question),
  );
  return [...replies, ...notes].join("\n\n");
}

/** @param naming the message that names the papers */
function* aboutPapers(question: Question, naming = question.text): Work {
  const isOwn = own.test(naming);
  const listed = yield* callEach(
    question,
    "list_documents",
    titleWords(naming).map((words) => ({ words })),
  );
  const found = (
    listed
      .map(({ text }) => readListed(text).filter(isOfPeople))
      .find((documents) => documents.length > 0) ?? []
  ).slice(0, maxFiles);
  const input = { question: queryOf(question) };
  const inputs =
    found.length > 0 ? found.map(({ document_id }) => ({ ...input, document_id })) : [input];
  const outcomes = yield* callEach(question, "search_documents", inputs);
  const failed = outcomes.find(({ state }) => state !== "done");
  if (failed) return excuse(failed, "search_documents", question);
  const passages = outcomes.map(({ text }) =>
    readPassages(text).filter((passage) => !isOwn || isOfPeople(passage)),
  );
  return quotesOf(passages, question, found.length === 1 ? found[0]?.title : undefined);
}

/** Returns the words by which the list may find the paper that a message names, the closest first. None if it names no title. */
function titleWords(naming: string): string[] {
  const phrase = saysSomething.exec(naming)?.slice(1).find(Boolean)?.toLowerCase() ?? "";
  const words = phrase.split(/\s+/u);
  const noun = words.at(-1) ?? "";
  if (new RegExp(`^(?:${anyPapers})$`, "iu").test(noun)) return words.slice(0, -1);
  const kind = kinds.find(([pattern]) => new RegExp(`^(?:${pattern})$`, "iu").test(noun));
  return [...new Set([phrase, noun, ...(kind?.[1] ?? [])])].filter(Boolean);
}

/** The search has at most 500 characters. */
const queryOf = (question: Question, text = question.text): string =>
  `${text} ${contextOf(question)}`.trim().slice(0, 500).toWellFormed();

/** A short question says too little without what it goes on about. One that names a paper needs no more than a subject. */
function contextOf(question: Question): string {
  const { length } = contentWords(subjectOf(question.text));
  return length < (isAboutDocuments(question.text) ? 1 : 2) ? earlierSubject(question) : "";
}

const isOfPeople = ({ name }: { name: string }) => !name.startsWith(projectMark);

/** Calls a tool once for each input, side by side. */
function* callEach(
  { tools, language }: Question,
  name: string,
  inputs: Record<string, unknown>[],
): Generator<Step, Outcome[], Outcome[]> {
  const tool = findTool({ tools }, name);
  if (!tool) return [];
  const announcements: Record<string, string> = {
    list_documents: sayIn(language)(
      "Let me look into the documents.",
      "Ich sehe in den Dokumenten nach.",
    ),
  };
  const calls = inputs.map((input) => ({ tool, input }));
  return yield { calls, announcement: announcements[name] ?? "" };
}

/**
 * @param passages those of each document, or of all of them
 * @param title of the only document
 */
function quotesOf(passages: FoundPassage[][], question: Question, title?: string): string {
  const say = sayIn(question.language);
  const each = passages.length > 1 ? 1 : maxQuotes;
  const quotes = passages.flatMap((some) => bestQuotes(some, question, each));
  const asked = quote(question.text);
  if (quotes.length === 0) {
    return say(
      `${title ? `“${title}” does` : "The documents do"} not hold an answer to ${asked}: no passage has the words of the question. A language model would also find other words for it.`,
      `${title ? `„${title}“ enthält` : "Die Dokumente enthalten"} keine Antwort auf ${asked}: Keine Stelle hat die Wörter der Frage. Ein Sprachmodell fände auch andere Wörter dafür.`,
    );
  }
  return [
    say("The documents say, word for word:", "In den Dokumenten steht wörtlich:"),
    ...quotes.map(showQuote),
  ].join("\n\n");
}

function bestQuotes(passages: FoundPassage[], question: Question, maxQuotes: number) {
  const subject = subjectOf(question.text);
  const context = contextOf(question);
  const needed = subject === "" ? context : subject;
  const inContext = bestPassageQuotes(passages, `${subject} ${context}`, maxQuotes, needed);
  return inContext.length > 0 ? inContext : bestPassageQuotes(passages, subject, maxQuotes);
}

function extractOf({ text }: Outcome, { title }: Listed, { language }: Question): string {
  const say = sayIn(language);
  const [, part = "1", parts = "1"] = /^Part (\d+) of (\d+)/u.exec(text) ?? [];
  const passages = readPassages(text);
  const lines = passages.flatMap((passage) =>
    paragraphsOf(passage)
      .filter(({ isHeading }) => !isHeading)
      .map((paragraph) => ({ passage, heading: "", words: firstSentence(paragraph.text) })),
  );
  const chosen = mostTelling([...new Set(lines.map(({ words }) => words))], maxExtracts);
  const quotes = chosen.flatMap((words) => lines.find((line) => line.words === words) ?? []);
  const where =
    parts === "1" ? "" : say(`, part ${part} of ${parts}`, `, Teil ${part} von ${parts}`);
  return [
    say(
      `An extract of “${title}”${where}, word for word (rules chose the sentences; a real model would rephrase):`,
      `Ein Auszug aus „${title}“${where}, Wort für Wort (Regeln haben die Sätze gewählt; ein echtes Modell würde umformulieren):`,
    ),
    ...quotes.map(({ passage, words }) => `> “${words}” [${passage.index}]`),
  ].join("\n\n");
}

const longestSentence = 300;
const sentences = new Intl.Segmenter("en", { granularity: "sentence" });

function firstSentence(text: string): string {
  const [first] = sentences.segment(text);
  return shorten((first?.segment ?? text).trim(), longestSentence);
}

const Listed = v.object({
  document_id: v.string(),
  title: v.string(),
  file: v.optional(v.string()),
  parts: v.nullable(v.number()),
  of: v.string(),
});
type Listed = v.InferOutput<typeof Listed> & { name: string };

function readListed(result: string): Listed[] {
  return result.split("\n").flatMap((line) => {
    const parsed = v.safeParse(Listed, parseJson(line));
    return parsed.success
      ? [{ ...parsed.output, name: parsed.output.file ?? parsed.output.title }]
      : [];
  });
}

function* listAll(question: Question): Work {
  const [outcome] = yield* callEach(question, "list_documents", [{}]);
  if (!outcome) return "";
  if (outcome.state !== "done") return excuse(outcome, "list_documents", question);
  // The tool lists the newest ones, and counts the rest.
  const [, more = "0"] = /^(\d+) more\./mu.exec(outcome.text) ?? [];
  const say = sayIn(question.language);
  const all = readListed(outcome.text);
  const added = all.filter(isOfPeople);
  const others = all.length - added.length + Number(more);
  const owners: Record<string, string> = {
    everyone: say("everyone", "alle"),
    "the person": say("you", "du"),
    "this conversation": say("this conversation", "diese Unterhaltung"),
  };
  const rows = added
    .slice(0, maxListed)
    .map(({ title, name, of }) => `| ${[title, name, owners[of] ?? of].map(cell).join(" | ")} |`);
  return [
    rows.length === 0
      ? say(
          "Nobody has added a document yet. Drop a file into the page, and ask me about it.",
          "Noch hat niemand ein Dokument hinzugefügt. Zieh eine Datei in die Seite und frag mich danach.",
        )
      : [
          say("| title | file | who sees it |", "| Titel | Datei | wer es sieht |"),
          "|---|---|---|",
          ...rows,
        ].join("\n"),
    others > 0
      ? say(
          `Beside them ${others === 1 ? "is one page" : `are ${others} pages`} of this project's documentation.`,
          `Daneben ${others === 1 ? "gibt es eine Seite" : `gibt es ${others} Seiten`} der Dokumentation dieses Projekts.`,
        )
      : "",
  ]
    .filter(Boolean)
    .join("\n\n");
}

const cell = (text: string) => text.replaceAll("|", "\\|");

function notThere(file: string, { language }: Question): string {
  return sayIn(language)(
    `I see no document named ${quote(file)} that is ready. “Documents” shows whether it is still being read.`,
    `Ich sehe kein fertiges Dokument mit dem Namen ${quote(file)}. „Dokumente“ zeigt, ob es noch gelesen wird.`,
  );
}

/** Shows what the page makes of a quotation that its passage does not have. */
function* inventQuote(question: Question): Work {
  const say = sayIn(question.language);
  const [outcome] = yield* callEach(question, "search_documents", [
    { question: "How does take-over work?" },
  ]);
  if (!outcome) return "";
  if (outcome.state !== "done") return excuse(outcome, "search_documents", question);
  const passages = readPassages(outcome.text);
  const [first] = passages;
  if (!first) {
    return say(
      "There is no document yet that I could misquote. Add one, and ask again.",
      "Noch gibt es kein Dokument, das ich falsch zitieren könnte. Füge eins hinzu und frag noch einmal.",
    );
  }
  const [real] = bestPassageQuotes(passages, "How does take-over work?", 1);
  return [
    say(
      `I have made this quotation up: “Every lease lasts for ninety-nine years and a day” [${first.index}].`,
      `Dieses Zitat habe ich erfunden: “Every lease lasts for ninety-nine years and a day” [${first.index}].`,
    ),
    say(
      "Before the answer is stored, each quotation is looked up in the passage whose number it has. That passage does not have these words, so the page marks them as unverified, and they are no link.",
      "Bevor die Antwort gespeichert wird, wird jedes Zitat in der Stelle gesucht, deren Nummer es trägt. Dort stehen diese Wörter nicht. Darum markiert die Seite sie als nicht gefunden, und sie sind kein Link.",
    ),
    ...(real ? [say("And this one is real:", "Und dieses ist echt:"), showQuote(real)] : []),
  ].join("\n\n");
}
