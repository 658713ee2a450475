import { Parser } from "expr-eval-fork";
import * as v from "valibot";
import { defineTool, ToolRefusal } from "./tool.ts";

const maxLength = 500;
/** 170! is the largest factorial that a double holds. */
const maxFactorial = 170;

const constants: Record<string, number> = { pi: Math.PI, e: Math.E };

const functions: Record<string, (...numbers: number[]) => number> = {
  abs: Math.abs,
  acos: Math.acos,
  asin: Math.asin,
  atan: Math.atan,
  atan2: Math.atan2,
  cbrt: Math.cbrt,
  ceil: Math.ceil,
  cos: Math.cos,
  exp: Math.exp,
  factorial,
  floor: Math.floor,
  ln: Math.log,
  log: (value = Number.NaN, base = Math.E) => Math.log(value) / Math.log(base),
  log10: Math.log10,
  log2: Math.log2,
  max: Math.max,
  mean: (...numbers) => sum(numbers) / numbers.length,
  min: Math.min,
  round: (value = Number.NaN, digits = 0) => Math.round(value * 10 ** digits) / 10 ** digits,
  sin: Math.sin,
  sqrt: Math.sqrt,
  sum: (...numbers) => sum(numbers),
  tan: Math.tan,
};

const names = Object.keys({ ...functions, ...constants });

export const calculator = defineTool({
  name: "calculator",
  description: [
    "Evaluates an arithmetic expression, for example (1.5 + 2) * 4^2 or round(1234.5 * 0.19, 2).",
    "Operators: + - * / ^ % (remainder) ! and parentheses; write 12% as 12/100.",
    `Known names: ${names.join(", ")}. Angles are in radians; log is natural, log(x, base) is not.`,
  ].join(" "),
  input: v.object({
    expression: v.pipe(
      v.string(),
      v.maxLength(maxLength, `must have at most ${maxLength} characters`),
      v.description("The expression, numbers with a decimal point and without separators"),
    ),
  }),
  run: ({ expression }) => show(evaluate(expression)),
});

/**
 * The parser knows more than arithmetic (assignments, functions, strings, arrays, members), so nothing
 * but numbers, operators and our own names is let through to it.
 */
function evaluate(expression: string): number {
  if (!/^[\w\s.,+\-*/^%!()]*$/.test(expression)) {
    throw new ToolRefusal("only numbers, operators, parentheses and the known names can be used.");
  }
  const [foreign] = (expression.match(/(?<![\d.])[a-z_]\w*/gi) ?? []).filter(isForeign);
  if (foreign !== undefined) throw new ToolRefusal(`"${foreign}" is not a name it knows.`);
  try {
    return parser.evaluate(expression.replaceAll("**", "^"), constants);
  } catch (cause) {
    if (cause instanceof ToolRefusal) throw cause;
    throw new ToolRefusal("the expression is not well-formed arithmetic.", { cause });
  }
}

const isForeign = (name: string): boolean => !names.includes(name);

const parser = new Parser({ allowMemberAccess: false });
parser.functions = Object.assign(Object.create(null), functions);
parser.consts = Object.create(null);
parser.unaryOps = Object.assign(Object.create(null), {
  "-": (value: number) => -value,
  "+": (value: number) => value,
  "!": factorial,
});

/** Fifteen digits are what a double holds for sure: 0.1 + 0.2 is 0.3. */
function show(value: unknown): string {
  if (typeof value !== "number") {
    throw new ToolRefusal("the expression is not well-formed arithmetic.");
  }
  if (Number.isNaN(value)) throw new ToolRefusal("the result is not a real number.");
  if (!Number.isFinite(value)) {
    throw new ToolRefusal("the result is infinite or too large to calculate.");
  }
  return String(Number(value.toPrecision(15)));
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function factorial(value = Number.NaN): number {
  if (!Number.isInteger(value) || value < 0 || value > maxFactorial) {
    throw new ToolRefusal(`a factorial is known for whole numbers from 0 to ${maxFactorial}.`);
  }
  let product = 1;
  for (let factor = 2; factor <= value; factor += 1) product *= factor;
  return product;
}
