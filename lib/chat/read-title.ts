import { isBlank } from "#lib/contract/blank-text.ts";

const maxLength = 80;

/** Control characters, and invisible ones that change the direction of a line or where it breaks. */
const controls = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/gu;
/** A list must not show an address that a model, or a page that the model has read, has chosen. */
const address = /:\/\/|\bwww\.|\b(?:https?|javascript|data):/iu;
/** A line that announces the title, or opens or closes a block. */
const frame = /[:：]$|^(?:`{3}|-{3})/u;
/** What models write before a title. */
const beforeTitle = /^(?:#{1,6}\s|[-*•]\s|(?:title|titel|titre|título|titolo)\s*[:：])\s*/iu;
const fullStop = /(?<![.…])[.。]$/u;
const quotes = [
  ...['""', "''", "``", "“”", "„“", "„”", "‘’", "‚‘", "«»", "»«", "‹›", "「」", "『』"].map(
    ([open = "", close = ""]) => [open, close] as const,
  ),
  ...[["**", "**"] as const, ["__", "__"] as const],
];

/**
 * Returns the title in what a model wrote as a title. Returns undefined if there is none: a model may write an essay, a
 * refusal, or what a text that it read wanted it to write.
 */
export function readTitle(written: string): string | undefined {
  const lines = written
    .split(/[\r\n\u2028\u2029]+/u)
    .map((line) => line.replaceAll(controls, " ").replaceAll(/\s+/gu, " ").trim())
    .filter((line) => !isBlank(line) && !frame.test(line));
  const [line] = lines;
  if (line === undefined || lines.length > 1) return undefined;
  const title = withoutMarkup(line.normalize("NFC"));
  const isTitle =
    /[\p{L}\p{N}\p{So}]/u.test(title) &&
    title.length <= maxLength &&
    title.isWellFormed() &&
    !address.test(title);
  return isTitle ? title : undefined;
}

/** Removes what surrounds the title: a label, the mark of a heading, quotation marks, emphasis, a full stop. */
function withoutMarkup(line: string): string {
  const title = quotes
    .reduce(
      (text, [open, close]) => inside(text, open, close),
      line.replace(beforeTitle, "").replace(fullStop, ""),
    )
    .trim();
  return title === line ? title : withoutMarkup(title);
}

/** Returns what is between the two marks, unless the text holds several such pairs. */
function inside(text: string, open: string, close: string): string {
  if (text.length <= open.length + close.length) return text;
  if (!text.startsWith(open) || !text.endsWith(close)) return text;
  const middle = text.slice(open.length, -close.length);
  return middle.includes(open) || middle.includes(close) ? text : middle;
}
