const spokenOperators: [RegExp, string][] = [
  [/\bplus\b/giu, "+"],
  [/\bminus\b/giu, "-"],
  [/\b(?:times|multiplied by)\b|[×·]/giu, "*"],
  [/\bdivided by\b|÷/giu, "/"],
  [/\b(?:to the power of)\b|\*\*/giu, "^"],
  [/(?<=\d) squared\b/giu, "^2"],
  [/\b(?:the )?square root of (\d+(?:\.\d+)?)/giu, "sqrt($1)"],
  [/(?<=\d)\s*x\s*(?=\d)/giu, " * "],
  [/(?<=\d),(?=\d{3}\b)/gu, ""],
];
const percentOf = /(\d+(?:\.\d+)?)\s*(?:%|percent)\s*of\s*(\d+(?:\.\d+)?)/giu;
const calculationQuestion =
  /\b(?:what(?:'s| is)|how much is|calculate|compute|evaluate|work out|solve)\b|=\s*\??\s*$/iu;
const arithmetic = /(?:sqrt\(|[-(])*\d[\d\s.()+\-*/^%]*[\d)%]/gu;

/** Returns the arithmetic expression in a question, or undefined if there is none. */
export function findExpression(text: string): string | undefined {
  const spelled = spokenOperators
    .reduce((line, [pattern, sign]) => line.replaceAll(pattern, sign), text)
    .replaceAll(percentOf, "$1 / 100 * $2");
  const [longest] = (spelled.match(arithmetic) ?? [])
    .map((found) => (found.includes("(") ? found : found.replace(/\)+$/, "")).trim())
    .filter((found) => /^sqrt|[\d)%]\s*[-+*/^]/.test(found))
    .sort((one, other) => other.length - one.length);
  if (longest === undefined) return undefined;
  const isOnlyArithmetic = spelled.replace(longest, "").replaceAll(/[\s?=.!]/g, "") === "";
  return isOnlyArithmetic || calculationQuestion.test(spelled) ? longest : undefined;
}
