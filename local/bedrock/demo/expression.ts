import type { Language } from "./language.ts";
import { spellOutNumbers } from "./number-words.ts";

/** An expression for the calculator. */
export interface Expression {
  /** Without rounding. */
  exact: string;
  /** The result is money, so the calculator rounds to two decimals. */
  isMoney: boolean;
  /** Stands behind the result. */
  unit: string;
}

const number = String.raw`(-?\d+(?:\.\d+)?)`;
const phrase = (source: string) =>
  new RegExp(
    source.replaceAll("N", number).replaceAll("%%", String.raw`\s*(?:%|percent|per cent|prozent)`),
    "giu",
  );

/** The order matters: a longer phrase comes before a phrase that is a part of it. */
const phrases: [RegExp, string][] = [
  [
    phrase(
      "\\bsplit\\b.*?N (?:between|among|by|across|into) N(?: people| persons| friends| of us| ways)?,? (?:with|plus|and|including) (?:a |an )?N%% tip",
    ),
    " ($1 + $3%) / $2 ",
  ],
  [
    phrase(
      "\\b(?:teile|aufteilen)\\b.*?N (?:auf|durch|unter) N(?: personen| leute| freunde)? mit N%% trinkgeld",
    ),
    " ($1 + $3%) / $2 ",
  ],
  [phrase("\\bsplit\\b.*?N (?:between|among|by|across|into) N"), " $1 / $2 "],
  [
    phrase(
      "N%% (?:tip|gratuity|vat|(?:sales )?tax|discount|interest|commission|trinkgeld|mehrwertsteuer|mwst\\.?|umsatzsteuer|steuer|rabatt|zinsen|skonto) (?:on|of|for|to|auf|bei|von|für|zu)(?: a| an| the| eine[rn]?| die)?(?: bill| price| rechnung| betrag)?(?: of| von| über)? ?N",
    ),
    " $1 / 100 * $2 ",
  ],
  [phrase("\\btip of N%% (?:on|for) (?:a bill of )?N"), " $1 / 100 * $2 "],
  [
    phrase(
      "\\b(?:costs?|kostet|priced at) N\\b.*?\\bN%% (?:off|discount|cheaper|rabatt|billiger|günstiger)",
    ),
    " $1 - $2% ",
  ],
  [phrase("N%% off(?: of)? N"), " $2 - $1% "],
  [phrase("\\bincrease N by N%%"), " $1 + $2% "],
  [phrase("\\b(?:decrease|reduce) N by N%%"), " $1 - $2% "],
  [phrase("N%% (?:of|von) N"), " $1 / 100 * $2 "],
  [
    phrase("\\b(?:the )?square root of N|\\b(?:die )?(?:quadrat)?wurzel (?:aus|von) N"),
    " sqrt($1$2) ",
  ],
  [
    phrase("\\b(?:the )?cube root of N|\\b(?:die )?(?:kubik|dritte )wurzel (?:aus|von) N"),
    " cbrt($1$2) ",
  ],
  [phrase("\\b(?:a |one )?half of N|\\b(?:die )?hälfte von N"), " $1$2 / 2 "],
  [phrase("\\b(?:a |one )third of N|\\b(?:ein )?drittel von N"), " $1$2 / 3 "],
  [phrase("\\b(?:a |one )quarter of N|\\b(?:ein )?viertel von N"), " $1$2 / 4 "],
  [phrase("\\b(?:double|twice)(?: of)? N|\\bdas doppelte von N"), " 2 * $1$2 "],
  [phrase("\\badd N (?:and|to|with) N|\\baddiere N (?:und|zu|mit) N"), " $1$3 + $2$4 "],
  [phrase("\\bsubtract N from N|\\bsubtrahiere N von N"), " $2$4 - $1$3 "],
  [phrase("\\bmultiply N (?:by|with|and) N|\\bmultipliziere N (?:mit|und) N"), " $1$3 * $2$4 "],
  [phrase("\\bdivide N by N|\\b(?:teile|dividiere) N durch N"), " $1$3 / $2$4 "],
  [
    phrase("\\bdifference (?:between|of) N and N|\\bdifferenz (?:zwischen|von|aus) N und N"),
    " $1$3 - $2$4 ",
  ],
  [phrase("\\bfactorial of N|\\bfakultät von N|\\bN factorial\\b"), " $1$2$3! "],
  [
    phrase("N (?:to the power of|raised to(?: the power of)?|hoch) N|(?<=\\d)\\*\\*(?=\\d)"),
    " $1^$2 ",
  ],
  [phrase("N squared|N (?:zum|im) quadrat"), " $1$2^2 "],
  [phrase("N cubed"), " $1^3 "],
];
const lists: [RegExp, (items: string[]) => string][] = [
  [
    /\b(?:average|mean|durchschnitt|mittelwert)\b(?: (?:of|von|aus))?\s+(LIST)/u,
    (items) => `(${items.join(" + ")}) / ${items.length}`,
  ],
  [/\b(?:sum|total|summe)\b(?: (?:of|von|aus))?\s+(LIST)/u, (items) => items.join(" + ")],
  [/\b(?:product|produkt)\b (?:of|von|aus)\s+(LIST)/u, (items) => items.join(" * ")],
];
const infixes: [RegExp, string][] = [
  [/\bplus\b/giu, "+"],
  [/\b(?:minus|weniger)\b/giu, "-"],
  [/\b(?:times|multiplied by|multipliziert mit|mal)\b|[×·]/giu, "*"],
  [/\b(?:divided by|over|geteilt durch|durch)\b|÷/giu, "/"],
  [/\b(?:percent|per cent|prozent)\b/giu, "%"],
  [/(?<=\d)\s*x\s*(?=\d)/giu, " * "],
];
const shares: RegExp[] = [
  phrase("what (?:percentage|percent|share) of N (?:is|are) N"),
  phrase("wie ?viel(?:e)? prozent (?:von|aus) N (?:ist|sind) N"),
];
const sharesReversed: RegExp[] = [
  phrase("N (?:is|are) what (?:percentage|percent|share) of N"),
  phrase("wie ?viel(?:e)? prozent (?:ist|sind) N (?:von|aus) N"),
];
const moneyWords =
  /[$€£]|\b(?:costs?|kostet|tip|gratuity|vat|tax|bill|price|discount|trinkgeld|mehrwertsteuer|mwst|umsatzsteuer|steuer|rechnung|rabatt|euros?|dollars?)\b/iu;
const calculationQuestion =
  /\b(?:what(?:'s| is| are| does)?|how much|how many|calculate|compute|evaluate|work out|solve|was|wie ?viel|rechne|berechne|ergibt|macht)\b|=\s*\??\s*$/iu;

const names = "sqrt|cbrt|round|floor|ceil|abs|min|max|mean|log10|log2|log|ln|exp|sin|cos|tan";
const arithmetic = new RegExp(
  String.raw`(?:(?:${names})\(|[-(√])*(?:\d|\bpi\b)(?:[\d\s.()+\-*/^%!]|\bpi\b|(?:${names})\(|(?<=\([^()]*),\s*(?=[\d-]))*`,
  "giu",
);

const maxExpressions = 8;

/** Returns the arithmetic in a question, in its order. Empty if there is none. */
export function findExpressions(text: string, language: Language): Expression[] {
  const isMoney = moneyWords.test(text);
  const checked = text.replace(/(?<=\d)\s*=\s*-?[\d.,]+\s*\??\s*$/u, " = ?");
  const plain = spellOutNumbers(plainNumbers(checked, language), language);
  const share = shareIn(plain);
  if (share) return [{ exact: share, isMoney: false, unit: "%" }];

  const withLists = lists.reduce(replaceList, plain);
  const phrased = phrases.reduce(
    (line, [pattern, sign]) => line.replaceAll(pattern, sign),
    withLists,
  );
  const spelled = infixes.reduce(
    (line, [pattern, sign]) => line.replaceAll(pattern, sign),
    phrased,
  );
  const found = [...spelled.matchAll(arithmetic)]
    .map(([match]) => tidy(match))
    .filter(isCalculation);
  const rest = found.reduce((line, expression) => line.replace(expression, ""), spelled);
  const isOnlyArithmetic = rest.replaceAll(/\b(?:and|und|please|bitte)\b|[\s?=.!,:]/giu, "") === "";
  if (!isOnlyArithmetic && phrased === plain && !calculationQuestion.test(checked)) return [];
  return found.slice(0, maxExpressions).map((exact) => ({ exact, isMoney, unit: "" }));
}

/** Returns the text with numbers as the calculator writes them. */
function plainNumbers(text: string, language: Language): string {
  const bare = text.replaceAll(
    /[$€£]\s?(?=\d)|(?<=\d)\s?(?:[$€£]|(?:euros?|dollars?|eur|usd)\b)/giu,
    "",
  );
  if (language === "en") return bare.replaceAll(/(?<=\d),(?=\d{3}\b)/gu, "");
  return bare
    .replaceAll(/\b\d{1,3}(?:\.\d{3})+(?=\b)(?!\.\d)/gu, (grouped) => grouped.replaceAll(".", ""))
    .replaceAll(/(?<=\d),(?=\d)/gu, ".");
}

function shareIn(text: string): string | undefined {
  const groups = (patterns: RegExp[]) =>
    patterns
      .flatMap((pattern) => [...text.matchAll(pattern)])
      .map(([, one, other]) => [one, other])[0];
  const [whole, part] = groups(shares) ?? groups(sharesReversed)?.toReversed() ?? [];
  return whole === undefined ? undefined : `${part} / ${whole} * 100`;
}

function replaceList(text: string, [pattern, write]: (typeof lists)[number]): string {
  const list = String.raw`-?\d+(?:\.\d+)?(?:\s*(?:,|and|und|,\s*and)\s*-?\d+(?:\.\d+)?)+`;
  return text.replace(
    new RegExp(pattern.source.replace("LIST", list), "iu"),
    (_, items: string) => ` ${write(items.match(/-?\d+(?:\.\d+)?/gu) ?? [])} `,
  );
}

/** Removes what surrounds an expression: operators at its end, and parentheses without a partner. */
function tidy(match: string): string {
  let text = match.trim().replace(/[\s.+\-*/^(]+$/u, "");
  const count = (sign: string) => text.split(sign).length - 1;
  while (text.endsWith(")") && count(")") > count("(")) text = text.slice(0, -1).trimEnd();
  while (text.startsWith("(") && count("(") > count(")")) text = text.slice(1).trimStart();
  return text;
}

function isCalculation(text: string): boolean {
  if (/^\d{4}-\d\d?-\d\d?$|^\d+\s*%?$/u.test(text)) return false;
  return /[a-z√]|[\d)%!]\s*[-+*/^]\s*[\d(a-z√-]|\d\s*!|\d\s*%\s*\d/iu.test(text);
}
