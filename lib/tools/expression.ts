import { numberFunctions } from "./number-functions.ts";
import { parseDecimal } from "./parse-decimal.ts";
import {
  add,
  divide,
  factorial,
  multiply,
  negate,
  power,
  type Quantity,
  remainder,
  settle,
  whole,
} from "./quantity.ts";
import { ToolRefusal } from "./tool.ts";

const constants: Record<string, number> = { pi: Math.PI, e: Math.E };

/** Names that an expression may use. */
export const knownNames = [...Object.keys(numberFunctions), ...Object.keys(constants)];

/** A part of the expression. Behind + and -, a percentage is one of what stands before it. */
interface Term {
  value: Quantity;
  isPercent: boolean;
}

interface Token {
  type: "number" | "name" | "sign" | "end";
  text: string;
  hasSpaceBefore: boolean;
  hasSpaceAfter: boolean;
}

/**
 * Calculates an arithmetic expression: from the loosest to the tightest + -, * / % (remainder) of, sign, ^,
 * ! and % (percent).
 * @throws ToolRefusal
 */
export function evaluate(source: string): Quantity {
  const tokens = tokenise(spell(source));
  let at = 0;
  const peek = (ahead = 0): Token => tokens[at + ahead] ?? endToken;
  const isNext = (...signs: string[]): boolean => signs.includes(peek().text);
  const take = (): Token => tokens[at++] ?? endToken;

  function expect(sign: string): void {
    if (take().text !== sign) throw malformed();
  }

  function sum(): Term {
    let left = product();
    while (isNext("+", "-")) {
      const isMinus = take().text === "-";
      left = addTerms(left, isMinus ? negateTerm(product()) : product());
    }
    return left;
  }

  function product(): Term {
    let left = signed();
    while (isNext("*", "/", "%") || (left.isPercent && isNext("of"))) {
      const operate = products[take().text] ?? multiply;
      left = plain(operate(left.value, signed().value));
    }
    return left;
  }

  function signed(): Term {
    if (!isNext("+", "-")) return raised();
    return take().text === "-" ? negateTerm(signed()) : signed();
  }

  function raised(): Term {
    const base = suffixed();
    if (!isNext("^")) return base;
    take();
    return plain(power(base.value, signed().value));
  }

  function suffixed(): Term {
    let term = primary();
    for (;;) {
      if (isNext("!")) {
        take();
        term = plain(factorial(term.value));
      } else if (isNext("%") && isPercentSign()) {
        take();
        term = { value: divide(term.value, whole(100)), isPercent: true };
        if (isNext("of")) return term;
      } else {
        return term;
      }
    }
  }

  /** A percent sign with a number behind it is the operator of the remainder. */
  function isPercentSign(): boolean {
    const [sign, next, afterNext] = [peek(), peek(1), peek(2)];
    if (next.text === "of") return true;
    if (isOperand(next)) {
      if (!sign.hasSpaceBefore && sign.hasSpaceAfter) throw ambiguousPercent();
      return false;
    }
    const looksSigned = isOperand(afterNext) && !next.hasSpaceAfter && sign.hasSpaceAfter;
    if (["+", "-"].includes(next.text) && looksSigned && sign.hasSpaceBefore) {
      throw ambiguousPercent();
    }
    return true;
  }

  function primary(): Term {
    const { type, text } = take();
    if (type === "number") return plain(settle(parseDecimal(text)));
    if (type === "name") return plain(named(text));
    if (text === "√") return plain(run("sqrt", [suffixed().value]));
    if (text !== "(") throw malformed();
    const term = sum();
    expect(")");
    return term;
  }

  function named(name: string): Quantity {
    const constant = Object.hasOwn(constants, name) ? constants[name] : undefined;
    if (constant !== undefined) return constant;
    if (!knownNames.includes(name)) throw new ToolRefusal(`"${name}" is not a name it knows.`);
    expect("(");
    const values = [sum().value];
    while (isNext(",")) {
      take();
      values.push(sum().value);
    }
    expect(")");
    return run(name, values);
  }

  const result = sum();
  if (peek().type !== "end") throw malformed();
  return result.value;
}

const products: Record<string, typeof multiply> = { "*": multiply, "/": divide, "%": remainder };

function run(name: string, values: Quantity[]): Quantity {
  const known = numberFunctions[name];
  const [first, ...others] = values;
  if (!known || first === undefined || values.length < known.least || values.length > known.most) {
    const { least, most } = known ?? { least: 1, most: 1 };
    const count = least === most ? `${least}` : `${least} to ${most}`;
    throw new ToolRefusal(`${name} takes ${count} numbers, each without thousands separators.`);
  }
  return known.run(first, ...others);
}

const plain = (value: Quantity): Term => ({ value, isPercent: false });
const negateTerm = ({ value, isPercent }: Term): Term => ({ value: negate(value), isPercent });

/** 100 - 20% is 80, as a person means it; 20% + 5% is 25%. */
function addTerms(left: Term, right: Term): Term {
  const isShare = right.isPercent && !left.isPercent;
  const added = isShare ? multiply(left.value, right.value) : right.value;
  return { value: add(left.value, added), isPercent: left.isPercent && right.isPercent };
}

const isOperand = ({ type, text }: Token): boolean =>
  type === "number" || (type === "name" && text !== "of") || text === "(" || text === "√";

const malformed = () => new ToolRefusal("the expression is not well-formed arithmetic.");
const ambiguousPercent = () =>
  new ToolRefusal(
    "the percent sign is ambiguous: write 10 % (3) for the remainder, (10%) for a percentage.",
  );

const endToken: Token = { type: "end", text: "", hasSpaceBefore: true, hasSpaceAfter: true };

/** What people and models write beside the plain signs. */
const spellings: [RegExp, string][] = [
  [/\*\*/g, "^"],
  [/[×·⋅∙]/g, "*"],
  [/[÷∕⁄]/g, "/"],
  [/[−–]/g, "-"],
  [/π/g, "pi"],
  // Between groups of three digits: an apostrophe, an underscore, a space that does not break.
  [/(?<=\d)['’_\u00a0\u2009\u202f](?=\d{3}(?!\d))/g, ""],
];
const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

function spell(source: string): string {
  const raised = source.replaceAll(/(⁻?)([⁰¹²³⁴⁵⁶⁷⁸⁹]+)/g, (_, minus: string, digits: string) => {
    const figures = [...digits].map((digit) => superscripts.indexOf(digit)).join("");
    return `^(${minus === "" ? "" : "-"}${figures})`;
  });
  return spellings.reduce((text, [sign, plainSign]) => text.replaceAll(sign, plainSign), raised);
}

const number = /(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/y;
const groupedNumber = /\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?/y;
const name = /[a-z_]\w*/iy;
const sign = /[-+*/%^!(),√]/y;

/** In the parentheses of a function a comma separates numbers, anywhere else it groups digits. */
interface Parentheses {
  isCall: boolean;
  /** A comma that could group digits, and one with a space behind it. */
  hasTightComma: boolean;
  hasWideComma: boolean;
}

function tokenise(source: string): Token[] {
  const tokens: Token[] = [];
  const open: Parentheses[] = [];
  let at = skipSpace(source, 0);
  while (at < source.length) {
    const inCall = open.at(-1)?.isCall === true;
    const grouped = inCall ? "" : matchAt(groupedNumber, source, at);
    const figures = grouped || matchAt(number, source, at);
    const word = figures === "" ? matchAt(name, source, at) : "";
    const text = figures || word || matchAt(sign, source, at);
    if (text === "") {
      throw new ToolRefusal(
        "only numbers, operators, parentheses and the known names can be used.",
      );
    }
    if (inCall) noteComma(open.at(-1), source, at);
    if (text === "(") open.push(openParentheses(tokens.at(-1)));
    if (text === ")") open.pop();
    const end = skipSpace(source, at + text.length);
    tokens.push({
      type: figures ? "number" : word ? "name" : "sign",
      text: grouped ? grouped.replaceAll(",", "") : text.toLowerCase(),
      hasSpaceBefore: /\s/.test(source.charAt(at - 1)),
      hasSpaceAfter: end > at + text.length,
    });
    at = end;
  }
  return tokens;
}

function matchAt(pattern: RegExp, source: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0] ?? "";
}

function skipSpace(source: string, at: number): number {
  const rest = source.slice(at);
  return at + rest.length - rest.trimStart().length;
}

const openParentheses = (before: Token | undefined): Parentheses => ({
  isCall: before?.type === "name",
  hasTightComma: false,
  hasWideComma: false,
});

/** max(100,200) and max(1, 2) are clear, max(1,234, 5) is not, nor is max(1,000). */
function noteComma(parentheses: Parentheses | undefined, source: string, at: number): void {
  if (!parentheses || source.charAt(at) !== ",") return;
  const behind = source.slice(at + 1);
  if (/^\d{3}(?!\d)/.test(behind)) parentheses.hasTightComma = true;
  if (/^\s/.test(behind)) parentheses.hasWideComma = true;
  const isMixed = parentheses.hasTightComma && parentheses.hasWideComma;
  if (isMixed || /^0\d\d/.test(behind)) {
    throw new ToolRefusal("a comma is ambiguous: write numbers without thousands separators.");
  }
}
