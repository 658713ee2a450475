import { sentences } from "#local/bedrock/demo/facts.ts";
import { sayIn } from "#local/bedrock/demo/language.ts";
import type { Skill } from "#local/bedrock/demo/skill.ts";

const request =
  /^(?:please |bitte |can you |kannst du )*(?:summari[sz]e|sum up|give me a summary of|tl;?dr|shorten|fasse?|kürze)\b[^:\n]*(?:zusammen)?[^:\n]*[:\n]\s*(.{60,})$/isu;
/** More sentences than this are not an extract of most texts. */
const maxSentences = 3;
const figure =
  /(?<![\p{L}\d])[$€£]?\d[\d.,]*\d?(?:\s?(?:%|percent|Prozent|million|billion|Millionen|Milliarden|Mio\.|Mrd\.|bn|[kKMB]\b))?(?:\s?(?:€|Euro|EUR|USD|Dollar))?/gu;

/** An extract of a text: its most telling sentences, word for word, and its figures. It says that it is no summary. */
export const summary: Skill = ({ text, language }) => {
  const [, passage] = request.exec(text) ?? [];
  if (passage === undefined) return undefined;
  const say = sayIn(language);
  const all = sentences(passage);
  const chosen = mostTelling(all, Math.max(1, Math.min(maxSentences, Math.floor(all.length / 2))));
  const figures = [...new Set(passage.match(figure) ?? [])].slice(0, 12);
  return [
    say(
      `An extract, word for word (a rule chose ${chosen.length} of ${all.length} sentences; a real model would rephrase):`,
      `Ein Auszug, Wort für Wort (eine Regel hat ${chosen.length} von ${all.length} Sätzen gewählt; ein echtes Modell würde umformulieren):`,
    ),
    "",
    ...chosen.map((sentence) => `> ${sentence}\n`),
    ...(figures.length > 0
      ? [
          say(
            `Figures in the text: ${figures.join(", ")}.`,
            `Zahlen im Text: ${figures.join(", ")}.`,
          ),
        ]
      : []),
  ]
    .join("\n")
    .trim();
};

/** Returns the sentences with the most frequent long words, figures and names, in the order of the text. The first one leads. */
export function mostTelling(all: string[], count: number): string[] {
  const wordsOf = (sentence: string) => sentence.toLowerCase().match(/\p{L}{5,}/gu) ?? [];
  const frequency = new Map<string, number>();
  for (const word of all.flatMap(wordsOf)) frequency.set(word, (frequency.get(word) ?? 0) + 1);
  const score = (sentence: string, index: number) => {
    const words = wordsOf(sentence);
    const repeated = words.reduce((sum, word) => sum + (frequency.get(word) ?? 0) - 1, 0);
    return repeated + 2 * (sentence.match(figure)?.length ?? 0) + (index === 0 ? 3 : 0);
  };
  return all
    .map((sentence, index) => ({ sentence, index, score: score(sentence, index) }))
    .sort((one, other) => other.score - one.score)
    .slice(0, count)
    .sort((one, other) => one.index - other.index)
    .map(({ sentence }) => sentence);
}
