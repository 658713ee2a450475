import { sayIn, showNumber } from "#local/bedrock/demo/language.ts";
import { spellOutNumbers } from "#local/bedrock/demo/number-words.ts";
import { oneCall } from "#local/bedrock/demo/one-call.ts";
import {
  conversion,
  type Quantity,
  unitNamed,
  unitPattern,
} from "#local/bedrock/demo/quantities.ts";
import { findTool, type Question, type Skill } from "#local/bedrock/demo/skill.ts";

const amount = String.raw`(-?\d+(?:\.\d+)?)`;
const quantity = new RegExp(`${amount}\\s*(?:grad |degrees? )?(${unitPattern})`, "giu");
/** "Convert 10 miles to km", "5 ft 11 in cm", "Wie viel sind 3 Gallonen in Litern". */
const toUnit = new RegExp(
  `\\b(?:to|into|in|as|zu|nach)\\s+(?:grad |degrees? )?(${unitPattern})[\\s?.!]*$`,
  "iu",
);
/** "How many grams are in 2 pounds", "Wie viele Meter sind 3 Meilen". */
const unitFirst = new RegExp(`\\b(?:how (?:many|much)|wie ?viele?)\\s+(${unitPattern})\\s`, "iu");

/** "How many hours are in a week". */
const article = new RegExp(`\\b(?:an?|eine?[rmn]?)\\s+(?=${unitPattern})`, "giu");

/** Converts units: the factor is exact by definition, and the calculator calculates. */
export const units: Skill = (question) => {
  const text = withPlainNumbers(question);
  const to = unitNamed(unitFirst.exec(text)?.[1] ?? toUnit.exec(text)?.[1] ?? "");
  const tool = findTool(question, "calculator");
  if (!to || !tool) return undefined;
  const source = text.replace(unitFirst, " ").replace(toUnit, " ");
  const given = quantitiesIn(source, text);
  const expression = given.length > 0 ? conversion(given, to) : undefined;
  if (expression === undefined) return undefined;
  const { language } = question;
  const announcement = sayIn(language)("Let me calculate that.", "Ich rechne das aus.");
  return oneCall(question, { tool, input: { expression }, announcement }, (result) => {
    const from = given
      .map(({ amount: value, unit }) => `${showNumber(value, language)} ${unit.names[0]}`)
      .join(" ");
    return `${from} = **${showNumber(roundedText(result), language)} ${to.names[0]}**`;
  });
};

/** "5 ft 11 in cm": without a unit before "in", the last number has the unit that stands for inches. */
function quantitiesIn(source: string, text: string): Quantity[] {
  const found = [...source.matchAll(quantity)].flatMap(([, value = "", name = ""]) => {
    const unit = unitNamed(name);
    return unit ? [{ amount: value, unit }] : [];
  });
  const [, inches] = /\d\s*(?:ft|feet|foot|′)\s*(\d+(?:\.\d+)?)\s*in\b/iu.exec(text) ?? [];
  const inch = unitNamed("in");
  const hasInches = found.some(({ unit }) => unit === inch);
  return inches !== undefined && inch && !hasInches
    ? [...found, { amount: inches, unit: inch }]
    : found;
}

/** Returns the number with at most six decimals. */
function roundedText(text: string): string {
  const [, about = "", whole = "", decimals = ""] = /^(about )?(-?\d+)\.(\d+)$/u.exec(text) ?? [];
  if (decimals.length <= 6) return text;
  const shown = Number(`${whole}.${decimals}`)
    .toFixed(4)
    .replace(/\.?0+$/u, "");
  return `${about || "about "}${shown}`;
}

function withPlainNumbers({ text, language }: Question): string {
  const plain =
    language === "de"
      ? text.replaceAll(/(?<=\d)\.(?=\d{3}\b)/gu, "").replaceAll(/(?<=\d),(?=\d)/gu, ".")
      : text.replaceAll(/(?<=\d),(?=\d{3}\b)/gu, "");
  const counted = plain.replaceAll(article, "1 ");
  return spellOutNumbers(counted, language);
}
