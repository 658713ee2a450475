import type { Range } from "./find-words.ts";

/** A number as it is written, and every value that it may have: "1.234" is 1234 in German and 1.234 in English. */
export interface WrittenNumber extends Range {
  text: string;
  values: string[];
}

/** Digits in groups of three with spaces between, or digits with points, commas and apostrophes between. */
const writtenNumber =
  /\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,'’]\d+)*/gu;

export const numbersIn = (text: string): WrittenNumber[] =>
  [...text.matchAll(writtenNumber)].map(({ 0: found, index }) => {
    const end = index + found.length;
    return { start: index, end, text: found, values: valuesOf(found, text.slice(end, end + 15)) };
  });

/** @param after what follows the number: it may say thousands or millions */
function valuesOf(written: string, after: string): string[] {
  const values = plainValuesOf(written);
  const scale = scales.find(([name]) => name.test(after))?.[1];
  return scale === undefined
    ? values
    : [...values, ...values.map((value) => shifted(value, scale))];
}

function plainValuesOf(written: string): string[] {
  const text = written.replace(/[ \u00a0\u2009\u202f'’]/gu, "");
  const groups = text.split(/[.,]/);
  if (groups.length === 1) return [canonical(text)];
  const marks = [...new Set(text.replace(/\d/g, ""))];
  const whole = groups.slice(0, -1).join("");
  const last = groups.at(-1) ?? "";
  const isGrouped = (parts: readonly string[]) =>
    (parts[0] ?? "").length <= 3 && parts.slice(1).every((part) => part.length === 3);
  if (marks.length === 2) {
    const isDecimal = text.split(marks[1] ?? "").length === 2 && isGrouped(groups.slice(0, -1));
    return isDecimal ? [canonical(whole, last)] : [];
  }
  if (groups.length > 2) return isGrouped(groups) ? [canonical(groups.join(""))] : [];
  const decimal = canonical(whole, last);
  return isGrouped(groups) ? [decimal, canonical(groups.join(""))] : [decimal];
}

function canonical(whole: string, fraction = ""): string {
  const kept = fraction.replace(/0+$/, "");
  return (whole.replace(/^0+(?=\d)/, "") || "0") + (kept === "" ? "" : `.${kept}`);
}

/** Returns the value times a power of ten. */
function shifted(value: string, places: number): string {
  const [whole = "", fraction = ""] = value.split(".");
  const padded = fraction.padEnd(places, "0");
  return canonical(whole + padded.slice(0, places), padded.slice(places));
}

const scales: [RegExp, number][] = [
  [/^[\s-]?(?:thousand|tausend|tsd\b|mille\b|mil\b|k\b)/iu, 3],
  [/^[\s-]?(?:millions?\b|mio\b|mln\b|millionen\b|millones\b|milioni\b)/iu, 6],
  [/^[\s-]?(?:billions?\b|bn\b|mrd\b|milliarden?\b|milliards?\b|miliardi\b)/iu, 9],
];

const english =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty";
const german =
  "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig";
const englishTens = "thirty forty fifty sixty seventy eighty ninety hundred";
const germanTens = "dreißig vierzig fünfzig sechzig siebzig achtzig neunzig hundert";

/** Words from a number upwards, in equal steps. */
const counted = (words: string, from: number, step: number): [string, string][] =>
  words.split(" ").map((word, position) => [word, String(from + position * step)]);

const spelled = new Map<string, string>([
  ...counted(english, 0, 1),
  ...counted(german, 0, 1),
  ...counted(englishTens, 30, 10),
  ...counted(germanTens, 30, 10),
  ...counted("eine einen einem einer", 1, 0),
  ...counted("once twice", 1, 1),
  ...counted("dozen dutzend", 12, 0),
]);

/** Returns the values of all numbers of a text, also of those in words and of the parts of dates and times. */
export function valuesIn(text: string): Set<string> {
  const values = new Set<string>();
  for (const number of numbersIn(text)) {
    for (const value of number.values) values.add(value);
    for (const part of number.text.split(/\D/)) values.add(canonical(part));
  }
  for (const [word] of text.toLowerCase().matchAll(/\p{L}+/gu)) {
    const value = spelled.get(word);
    if (value !== undefined) values.add(value);
  }
  return values;
}
