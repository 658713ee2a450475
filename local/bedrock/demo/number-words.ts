import type { Language } from "./language.ts";

const englishUnits =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen";
const englishTens = "twenty thirty forty fifty sixty seventy eighty ninety";
const germanUnits =
  "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn";
const germanTens = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig";

const numbered = (units: string, tens: string) =>
  new Map([
    ...units.split(" ").map((word, index) => [word, index] as const),
    ...tens.split(" ").map((word, index) => [word, 10 * (index + 2)] as const),
  ]);
const english = numbered(englishUnits, englishTens);
const german = numbered(germanUnits, germanTens);

const englishNumber = new RegExp(
  String.raw`\b(?:a )?(?:${[...english.keys(), "hundred", "thousand", "million"].join("|")})(?:(?:[\s-]+|\s+and\s+)(?:${[...english.keys(), "hundred", "thousand", "million"].join("|")}))*\b`,
  "giu",
);

/** Returns the text with its number words as digits: "two hundred and five" as 205, "fünfundzwanzig" as 25. */
export function spellOutNumbers(text: string, language: Language): string {
  if (language === "de") {
    return text.replaceAll(/[\p{L}]+/gu, (word) =>
      String(germanNumber(word.toLowerCase()) ?? word),
    );
  }
  // "four and five" are two numbers.
  return text.replaceAll(englishNumber, (words) =>
    words
      .split(/(?<!hundred|thousand|million)\s+and\s+/iu)
      .map((part) => englishValue(part.toLowerCase()))
      .join(" and "),
  );
}

function englishValue(words: string): number {
  let [total, current] = [0, 0];
  for (const word of words.split(/[\s-]+/u)) {
    if (word === "hundred") current = (current || 1) * 100;
    else if (word === "thousand" || word === "million") {
      total += (current || 1) * (word === "thousand" ? 1_000 : 1_000_000);
      current = 0;
    } else current += english.get(word) ?? 0;
  }
  return total + current;
}

/** Returns undefined if the word is no number. "ein" alone is an article. */
function germanNumber(word: string): number | undefined {
  const known = german.get(word.replace("dreissig", "dreißig"));
  if (known !== undefined) return known;
  const [, thousands, afterThousand] = /^(.*)tausend(.*)$/u.exec(word) ?? [];
  if (thousands !== undefined) return combined(thousands, 1_000, afterThousand ?? "");
  const [, hundreds, afterHundred] = /^(.*)hundert(.*)$/u.exec(word) ?? [];
  if (hundreds !== undefined) return combined(hundreds, 100, afterHundred ?? "");
  const [, unit, ten] = /^(.+)und(.+)$/u.exec(word) ?? [];
  const [low, high] = [unit === "ein" ? 1 : german.get(unit ?? ""), german.get(ten ?? "")];
  return low !== undefined && low < 10 && high !== undefined && high >= 20 ? low + high : undefined;
}

function combined(factorWord: string, unit: number, restWord: string): number | undefined {
  const factor = factorWord === "" || factorWord === "ein" ? 1 : germanNumber(factorWord);
  const rest = restWord === "" ? 0 : germanNumber(restWord.replace(/^und/u, ""));
  return factor === undefined || rest === undefined ? undefined : factor * unit + rest;
}
