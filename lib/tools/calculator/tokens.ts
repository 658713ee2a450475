import { ToolRefusal } from "#lib/tools/tool.ts";

export interface Token {
  type: "number" | "name" | "sign" | "end";
  /** In lower case; a number without thousands separators. */
  text: string;
  hasSpaceBefore: boolean;
  hasSpaceAfter: boolean;
}

/**
 * Splits an expression into numbers, names and signs.
 * @throws ToolRefusal if the expression holds anything else, or a comma that could be read in two ways
 */
export function tokenise(expression: string): Token[] {
  const source = normaliseSigns(expression);
  const tokens: Token[] = [];
  const open: Parentheses[] = [];
  let at = skipSpace(source, 0);
  while (at < source.length) {
    const isInCall = open.at(-1)?.isCall === true;
    const grouped = isInCall ? "" : matchAt(groupedNumber, source, at);
    const digits = grouped || matchAt(number, source, at);
    const word = digits === "" ? matchAt(name, source, at) : "";
    const text = digits || word || matchAt(sign, source, at);
    if (text === "") {
      throw new ToolRefusal(
        "only numbers, operators, parentheses and the known names can be used.",
      );
    }
    if (isInCall) checkComma(open.at(-1), source, at);
    if (text === "(") open.push(openParentheses(tokens.at(-1)));
    if (text === ")") open.pop();
    const end = skipSpace(source, at + text.length);
    tokens.push({
      type: digits ? "number" : word ? "name" : "sign",
      text: grouped ? grouped.replaceAll(",", "") : text.toLowerCase(),
      hasSpaceBefore: /\s/.test(source.charAt(at - 1)),
      hasSpaceAfter: end > at + text.length,
    });
    at = end;
  }
  return tokens;
}

/** Other ways to write the operators, by people and models. */
const spellings: [RegExp, string][] = [
  [/\*\*/g, "^"],
  [/[×·⋅∙]/g, "*"],
  [/[÷∕⁄]/g, "/"],
  [/[−–]/g, "-"],
  [/π/g, "pi"],
  // Between groups of three digits: an apostrophe, an underscore or a non-breaking space.
  [/(?<=\d)['’_\u00a0\u2009\u202f](?=\d{3}(?!\d))/g, ""],
];
const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

function normaliseSigns(source: string): string {
  const raised = source.replaceAll(/(⁻?)([⁰¹²³⁴⁵⁶⁷⁸⁹]+)/g, (_, minus: string, digits: string) => {
    const plainDigits = [...digits].map((digit) => superscripts.indexOf(digit)).join("");
    return `^(${minus === "" ? "" : "-"}${plainDigits})`;
  });
  return spellings.reduce((text, [written, plain]) => text.replaceAll(written, plain), raised);
}

const number = /(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy;
const groupedNumber = /\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?/y;
const name = /[a-z_]\w*/iy;
const sign = /[-+*/%^!(),√]/y;

function matchAt(pattern: RegExp, source: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0] ?? "";
}

function skipSpace(source: string, at: number): number {
  const rest = source.slice(at);
  return at + rest.length - rest.trimStart().length;
}

/** A comma separates arguments in the parentheses of a function, and groups digits everywhere else. */
interface Parentheses {
  isCall: boolean;
  /** A comma in front of three digits, which could group digits. */
  hasTightComma: boolean;
  /** A comma in front of a space, which separates arguments. */
  hasWideComma: boolean;
}

const openParentheses = (before: Token | undefined): Parentheses => ({
  isCall: before?.type === "name",
  hasTightComma: false,
  hasWideComma: false,
});

/** Accepts `max(100,200)` and `max(1, 2)`. Refuses `max(1,234, 5)` and `max(1,000)`, which have two readings. */
function checkComma(parentheses: Parentheses | undefined, source: string, at: number): void {
  if (!parentheses || source.charAt(at) !== ",") return;
  const rest = source.slice(at + 1);
  if (/^\d{3}(?!\d)/.test(rest)) parentheses.hasTightComma = true;
  if (/^\s/.test(rest)) parentheses.hasWideComma = true;
  const isMixed = parentheses.hasTightComma && parentheses.hasWideComma;
  if (isMixed || /^0\d\d/.test(rest)) {
    throw new ToolRefusal("a comma is ambiguous: write numbers without thousands separators.");
  }
}
