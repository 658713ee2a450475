import { sayIn, showNumber, withCapital } from "#local/bedrock/demo/language.ts";
import { spellOutNumbers } from "#local/bedrock/demo/number-words.ts";
import { excuse } from "#local/bedrock/demo/outcome.ts";
import {
  conversion,
  type Quantity,
  unitNamed,
  unitPattern,
} from "#local/bedrock/demo/quantities.ts";
import { findTool, type Question, type Skill, type Work } from "#local/bedrock/demo/skill.ts";

const comparison =
  /\b(?:which|what|was|welche[rs]?)\b.*\b(?:more|heavier|longer|larger|bigger|faster|warmer|less|lighter|shorter|smaller|mehr|schwerer|länger|größer|schneller|wärmer|weniger|leichter|kürzer|kleiner)\b/iu;
const asksLess = /\b(?:less|lighter|shorter|smaller|weniger|leichter|kürzer|kleiner)\b/iu;
const quantity = new RegExp(
  `\\b(a|an|one|ein|eine|\\d+(?:\\.\\d+)?)\\s+(${unitPattern})(?:\\s+(?:of\\s+)?([\\p{L}]+))?`,
  "giu",
);
const baseUnits: Partial<Record<Quantity["unit"]["kind"], string>> = {
  mass: "g",
  length: "m",
  volume: "l",
  speed: "m/s",
  data: "byte",
  duration: "s",
  area: "m²",
};

interface Thing {
  words: string;
  quantity: Quantity;
}

/** Compares two quantities: thinks first, lets the calculator convert both, then answers. */
export const thinkFirst: Skill = (question) => {
  if (!comparison.test(question.text)) return undefined;
  const [one, other] = thingsIn(question);
  const base = one && unitNamed(baseUnits[one.quantity.unit.kind] ?? "");
  if (!one || !other || !base || one.quantity.unit.kind !== other.quantity.unit.kind)
    return undefined;
  const expressions = [one, other].flatMap(
    ({ quantity: given }) => conversion([given], base) ?? [],
  );
  return expressions.length === 2
    ? compare(question, [one, other], expressions, base.names[0] ?? "")
    : undefined;
};

function* compare(
  question: Question,
  [one, other]: [Thing, Thing],
  expressions: string[],
  unit: string,
): Work {
  const tool = findTool(question, "calculator");
  if (!tool) return "";
  const say = sayIn(question.language);
  const outcomes = yield {
    reasoning: say(
      `Two quantities of one kind: ${one.words} and ${other.words}. What they are made of does not matter; only the amount counts. The units differ, so I convert both to ${unit} and compare the numbers. I have a calculator, so I do not guess.`,
      `Zwei Größen derselben Art: ${one.words} und ${other.words}. Woraus sie bestehen, ist egal; nur die Menge zählt. Die Einheiten sind verschieden, also rechne ich beide in ${unit} um und vergleiche. Ich habe einen Rechner, also rate ich nicht.`,
    ),
    announcement: say("Let me calculate that.", "Ich rechne das aus."),
    calls: expressions.map((expression) => ({ tool, input: { expression } })),
  };
  const failed = outcomes.find(({ state }) => state !== "done");
  if (failed) return excuse(failed, tool.name, question);
  const [first, second] = outcomes.map(({ text }) => Number(text.replace("about ", "")));
  if (first === undefined || second === undefined) return "";
  const [left, right] = outcomes.map(
    ({ text }) => `${showNumber(text, question.language)} ${unit}`,
  );
  if (first === second)
    return say(`They are **equal**: ${left} each.`, `Sie sind **gleich**: je ${left}.`);
  const isOther = first > second === asksLess.test(question.text);
  const [winner, loser] = isOther ? [other, one] : [one, other];
  const [its, others] = isOther ? [right, left] : [left, right];
  return say(
    `**${withCapital(winner.words)}**: ${its}, against ${others} for ${loser.words}.`,
    `**${withCapital(winner.words)}**: ${its}, gegenüber ${others} für ${loser.words}.`,
  );
}

function thingsIn({ text, language }: Question): Thing[] {
  const plain = language === "de" ? text.replaceAll(/(?<=\d),(?=\d)/gu, ".") : text;
  return [...spellOutNumbers(plain, language).matchAll(quantity)].flatMap(
    ([words, amount = "", name = ""]) => {
      const unit = unitNamed(name);
      const value = /^\d/u.test(amount) ? amount : "1";
      const tidy = words.replace(/\s+(?:or|oder|than|als|and|und)$/iu, "");
      return unit ? [{ words: tidy, quantity: { amount: value, unit } }] : [];
    },
  );
}
