import { languageOf } from "../answer/language-of.ts";

/** Words that are frequent in one of these languages and rare in the others. */
const frequentWords: Record<string, string> = {
  en: "the and of to is that for with this are you not from have",
  de: "der die und das ist nicht mit ein eine für auf den sich werden oder",
  fr: "le les et des est une pour dans que qui sur pas vous avec",
  es: "el los y las es una para que con por del como más se",
  it: "il che di per con una non sono della gli nel anche",
};

const languagesByWord = new Map<string, string[]>();
for (const [language, words] of Object.entries(frequentWords)) {
  for (const word of words.split(" ")) {
    languagesByWord.set(word, [...(languagesByWord.get(word) ?? []), language]);
  }
}

/** Returns the language of a text, judged by its script and its frequent words, or `otherwise` if these do not decide. */
export function guessLanguage(text: string, otherwise: string): string {
  const byScript = languageOf(text);
  if (byScript !== undefined) return byScript;
  const counts = new Map<string, number>();
  for (const word of text
    .slice(0, 2_000)
    .toLowerCase()
    .match(/\p{L}+/gu) ?? []) {
    for (const language of languagesByWord.get(word) ?? []) {
      counts.set(language, (counts.get(language) ?? 0) + 1);
    }
  }
  const [best, second] = [...counts].toSorted(([, one], [, other]) => other - one);
  return best && best[1] > (second?.[1] ?? 0) ? best[0] : otherwise;
}
