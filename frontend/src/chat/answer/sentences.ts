import { languageOf } from "./language-of.ts";

/** UTF-16 units. A longer sentence is spoken in parts: Thai has no full stop, and some sentences are very long. */
const maxPendingLength = 240;

/**
 * Returns the complete sentences in `text` after position `from`, as a screen reader should speak them, and the position after
 * them. A sentence is complete if text follows its end, or if `isComplete` says that the answer has ended.
 */
export function nextSentences(
  text: string,
  from: number,
  isComplete: boolean,
): { spoken: string; to: number } {
  const rest = text.slice(from);
  const end = isComplete ? rest.length : completeLength(rest);
  return { spoken: withoutMarkdown(rest.slice(0, end)), to: from + end };
}

function completeLength(text: string): number {
  const language = languageOf(text);
  const sentences = [...segmenter(language, "sentence").segment(text)];
  const pending = sentences.findLast(
    ({ index }, place) => index > 0 && !endsInAbbreviation(sentences[place - 1]?.segment ?? ""),
  );
  const start = withoutOpening(text, pending?.index ?? 0);
  const isShort = text.length - start <= maxPendingLength;
  return isShort ? start : start + partLength(text.slice(start), language);
}

/** Returns the length up to the last comma or space; without one, up to the last complete word. */
function partLength(sentence: string, language: string | undefined): number {
  const pause = lastPause(sentence);
  if (pause > 0) return pause;
  const words = [...segmenter(language, "word").segment(sentence)];
  return words.at(-1)?.index ?? 0;
}

function lastPause(sentence: string): number {
  for (let index = sentence.length - 1; index > 0; index -= 1) {
    if (/[\s,;:，、；：،؛]/.test(sentence.charAt(index))) return index + 1;
  }
  return 0;
}

/** Moves an opening bracket to the next sentence. Unicode's rules leave it with the sentence before: `本です。「`. */
function withoutOpening(text: string, end: number): number {
  return end - (/[\p{Ps}\p{Pi}]*$/u.exec(text.slice(Math.max(0, end - 8), end))?.[0].length ?? 0);
}

/** Unicode's rules end a sentence after `Dr.`, and the segmenters of Node and Chromium do not support the `ss` extension. */
function endsInAbbreviation(sentence: string): boolean {
  return /^\s*\d{1,3}\.[ \t]*$|(?:^|[\s(.])(?:\p{L}|Dr|Mr|Mrs|Ms|Prof|St|Jr|Sr|Inc|Fig|No|Nr|vs|etc|approx|ca|bzw|usw)\.[ \t]*$/u.test(
    sentence.slice(-20),
  );
}

const segmenters = new Map<string, Intl.Segmenter>();

/** Returns a cached segmenter: creating one takes longer than using it. */
function segmenter(language: string | undefined, granularity: "sentence" | "word") {
  const key = `${language} ${granularity}`;
  const known = segmenters.get(key) ?? new Intl.Segmenter(language, { granularity });
  segmenters.set(key, known);
  return known;
}

/**
 * Removes Markdown, but keeps the same characters in text: `80~100`, `2*3`, `C#`. No pattern reads beyond the next character
 * of its own kind, so that each takes linear time.
 */
function withoutMarkdown(text: string): string {
  return text
    .replace(/!?\[([^[\]]*)\]\([^()]*\)/g, "$1")
    .replace(/^[ \t]*(?:`{3,}|~{3,}).*$|^[ \t|:-]+$/gm, "")
    .replace(/^(?:[ \t]*>)+/gm, "")
    .replace(/^[ \t]*(?:#{1,6}|[-+*](?:[ \t]+\[[ xX]\])?)[ \t]+/gm, "")
    .replace(/\|/g, " ")
    .replace(/`+|~{2,}/g, "")
    .replace(/(?<=[\p{L}\p{N}])_+(?=[\p{L}\p{N}])/gu, " ")
    .replace(/_+/g, "")
    .replace(/\*+/g, withoutEmphasis)
    .replace(/\s+/g, " ")
    .trim();
}

/** Keeps stars between digits or between spaces: they mean multiplication. */
function withoutEmphasis(stars: string, index: number, text: string): string {
  const around = text.charAt(index - 1) + text.charAt(index + stars.length);
  return /^(?:\d\d|\s\s)$/.test(around) ? stars : "";
}
