/**
 * Returns the BCP 47 tag of a text's language, judged by its script; undefined for Latin, which many languages share.
 * Chinese characters with kana are Japanese.
 */
export function languageOf(text: string): string | undefined {
  const sample = text.slice(0, 500);
  const counts = scripts.map(({ language, letters }) => ({
    language,
    count: sample.match(letters)?.length ?? 0,
  }));
  const most = counts.reduce((one, other) => (other.count > one.count ? other : one));
  const isJapanese =
    most.language === "zh" && /[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(sample);
  return isJapanese ? "ja" : most.language;
}

const scripts: { language: string | undefined; letters: RegExp }[] = [
  { language: undefined, letters: /\p{Script=Latin}/gu },
  { language: "zh", letters: /\p{Script=Han}/gu },
  { language: "ja", letters: /[\p{Script=Hiragana}\p{Script=Katakana}]/gu },
  { language: "ko", letters: /\p{Script=Hangul}/gu },
  { language: "th", letters: /\p{Script=Thai}/gu },
  { language: "hi", letters: /\p{Script=Devanagari}/gu },
  { language: "ar", letters: /\p{Script=Arabic}/gu },
  { language: "he", letters: /\p{Script=Hebrew}/gu },
  { language: "el", letters: /\p{Script=Greek}/gu },
];
