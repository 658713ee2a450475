import { stemsOf } from "./words.ts";

/** The longest passage, in UTF-16 units. A source's quote may not be longer. */
export const longestPassage = 600;

const sentences = new Intl.Segmenter("en", { granularity: "sentence" });

/**
 * Returns the whole sentences of the section, next to each other, that say most about the question. A sentence that is
 * longer than a passage is cut at a word, and ends with `…`.
 * @param weights how much each stem of the question says
 */
export function bestPassage(
  blocks: readonly string[],
  weights: ReadonlyMap<string, number>,
): string {
  const texts = blocks.flatMap((block) =>
    Array.from(sentences.segment(block), ({ segment }, index) => ({
      text: shorten(segment.trim()),
      isFirst: index === 0,
    })),
  );
  const stems = texts.map(({ text }) => new Set(stemsOf(text)));
  let best = { score: -1, text: "" };
  for (const [start, { isFirst }] of texts.entries()) {
    const seen = new Set<string>();
    let text = "";
    let score = 0;
    for (let end = start; end < texts.length; end += 1) {
      const next = text === "" ? (texts[end]?.text ?? "") : `${text} ${texts[end]?.text ?? ""}`;
      if (next.length > longestPassage) break;
      text = next;
      // Further sentences about the same words add little, and early ones say what the later ones mean.
      for (const stem of stems[end] ?? []) {
        const weight = weights.get(stem) ?? 0;
        score += (seen.has(stem) ? 0.25 : 1) * weight * 0.98 ** (end - start);
        seen.add(stem);
      }
    }
    // A passage that begins with its paragraph needs no words before it.
    const total = score * (isFirst ? 1.15 : 1) * 0.995 ** start;
    if (total > best.score) best = { score: total, text };
  }
  return best.text;
}

function shorten(sentence: string): string {
  if (sentence.length <= longestPassage) return sentence;
  return `${sentence.slice(0, longestPassage - 1).replace(/\s+\S*$/, "")}…`;
}
