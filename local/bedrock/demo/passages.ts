import { bestQuote, contentWords } from "./sources.ts";

/** A passage of a document, as the tools write it. */
export interface FoundPassage {
  index: number;
  title: string;
  /** The file's name. */
  name: string;
  /** The headings above the passage, without the title. */
  headings: string;
  text: string;
}

const entryEnd = /\n\n(?=\[\d+\] [^\n]* · document [0-9a-f-]{36}\n)/u;
const entry = /^\[(\d+)\] ([^\n]*) · document [0-9a-f-]{36}\n([\s\S]*)$/u;

/** Reads entries such as "[1] Title · file.md · section 1 · Heading › Heading · document <id>\nText". */
export function readPassages(result: string): FoundPassage[] {
  return result.split(entryEnd).flatMap((written) => {
    const [, index, heading = "", text = ""] = entry.exec(written) ?? [];
    if (index === undefined) return [];
    const parts = heading.split(" · ");
    const place = parts.findIndex((part) => /^(?:page|slide|sheet|section) \d+/u.test(part));
    const title = parts[0] ?? "";
    const headings = parts.slice(place + 1).join(" · ");
    return [
      {
        ...{ index: Number(index), title, name: parts[place - 1] ?? title, text },
        headings: headings === title ? "" : headings.replace(`${title} › `, ""),
      },
    ];
  });
}

/** Words of a passage, exactly as it has them. */
export interface PassageQuote {
  passage: FoundPassage;
  words: string;
  /** The heading above the words. */
  heading: string;
}

/** A paragraph that answers its heading's question is quoted whole up to this length. */
const longestAnswer = 600;
/** The second quote must say nearly as much as the first. */
const leastOfFirst = 0.75;

/**
 * Returns the paragraphs that say most about the question, the best first. Returns none if they miss most of its words.
 * @param needed words of which a paragraph or its heading must have one
 */
export function bestPassageQuotes(
  passages: readonly FoundPassage[],
  question: string,
  maxQuotes: number,
  needed = question,
): PassageQuote[] {
  const words = { wanted: wordsOf(question), needed: wordsOf(needed) };
  const best = passages
    .flatMap((passage, rank) => bestParagraph(passage, words, rank) ?? [])
    .sort((one, other) => other.score - one.score);
  const first = best[0]?.score ?? 0;
  const least = first - (1 - leastOfFirst) * Math.abs(first);
  const seen = new Set<string>();
  return best
    .filter(({ score, text }) => score >= least && !seen.has(text) && seen.add(text))
    .slice(0, best[0]?.isAnswer ? 1 : maxQuotes)
    .map(({ passage, heading, text, isAnswer }) => ({
      ...{ passage, heading },
      words: isAnswer && text.length <= longestAnswer ? text : bestQuote(text, question),
    }));
}

const wordsOf = (text: string) => [...new Set(contentWords(text))];

interface SearchedWords {
  wanted: readonly string[];
  needed: readonly string[];
}

function bestParagraph(passage: FoundPassage, words: SearchedWords, rank: number) {
  let heading = passage.headings.split(" › ").at(-1) ?? "";
  let columns = "";
  let best: Paragraph | undefined;
  for (const { isHeading, text } of paragraphsOf(passage)) {
    if (isHeading) {
      if (isRow(text)) columns = text;
      else heading = text;
      continue;
    }
    const above = isRow(text) && columns !== "" ? columns : heading;
    const found = ratedParagraph({ passage, heading: above, text }, words);
    if (found && (!best || found.score > best.score)) best = found;
  }
  // The search has ranked the passages by more than their words.
  return best && { ...best, score: best.score - 0.1 * rank };
}

interface Paragraph {
  passage: FoundPassage;
  heading: string;
  text: string;
  score: number;
  isAnswer: boolean;
}

/** A row of a table says little without its header. */
const rowLoss = 1.5;

function ratedParagraph(
  { passage, heading, text }: Pick<Paragraph, "passage" | "heading" | "text">,
  { wanted, needed }: SearchedWords,
): Paragraph | undefined {
  const [own, above] = [contentWords(text), contentWords(heading)];
  const around = [...own, ...above, ...contentWords(passage.title)];
  const has = (words: readonly string[]) => (word: string) =>
    words.some((other) => isSameWord(word, other));
  const countIn = (words: readonly string[]) => wanted.filter(has(words)).length;
  if (countIn(around) <= wanted.length / 2) return undefined;
  // The columns' names are above every row: a row that has none of the words answers nothing.
  if (!needed.some(has(isRow(text) ? own : around))) return undefined;
  // How alike question and heading are: the words that both have, of all words that they have.
  const likeness = (2 * countIn(above)) / (wanted.length + new Set(above).size);
  return {
    ...{ passage, heading, text, isAnswer: likeness >= 0.5 },
    score:
      countIn(own) +
      2 * countIn(above) +
      2 * likeness +
      countIn(around) / 10 -
      rowLoss * Number(isRow(text)),
  };
}

/** "get" and "gets". The words are cut to six letters already. */
const isSameWord = (one: string, other: string): boolean =>
  one === other ||
  (one.startsWith(other) && one.length - other.length < 3) ||
  (other.startsWith(one) && other.length - one.length < 3);

const marker = /^\s*(?:[•◦▪‣*–-]|\(?\d+(?:\.\d+)*[.)])\s+/u;

/** Returns the paragraphs, items and rows of a passage. */
export function paragraphsOf({ text }: FoundPassage): { isHeading: boolean; text: string }[] {
  return text
    .split("\n")
    .map((line) => line.replace(marker, "").trim())
    .filter((line) => /\p{L}/u.test(line) && !line.startsWith("More: "))
    .map((line, index, lines) => ({
      text: line,
      isHeading: isHeadingLine(line) || isHeaderRow(line, lines[index - 1], lines[index + 1]),
    }));
}

const isRow = (line = ""): boolean => line.includes(" | ");

/** The first row of a table names its columns if each of its cells has a letter and no digit. */
const isHeaderRow = (line: string, before: string | undefined, after: string | undefined) =>
  isRow(line) &&
  !isRow(before) &&
  isRow(after) &&
  line.split(" | ").every((cell) => /\p{L}/u.test(cell) && !/\d/u.test(cell));

/** A question is a heading, whatever signs it has inside. */
const isHeadingLine = (line: string): boolean =>
  line.length <= 100 && (line.endsWith("?") || !/[.!:;,|]/u.test(line));

/** Returns a quotation as the page shows it: the words in quotation marks with their number, and where they stand. */
export function showQuote({ passage, heading, words }: PassageQuote): string {
  const { title, name } = passage;
  // Two documents may have one title.
  const document = name === title || name.includes(" › ") ? title : `${title} (${name})`;
  const place = heading === "" || heading === title ? document : `${heading} · ${document}`;
  return `> “${words}” [${passage.index}]\n>\n> — ${place}`;
}
