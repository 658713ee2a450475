import { ToolRefusal } from "#lib/tools/tool.ts";
import { numberFunctions } from "./number-functions.ts";
import {
  add,
  divide,
  factorial,
  multiply,
  negate,
  parseDecimal,
  power,
  type Quantity,
  remainder,
  settle,
  whole,
} from "./quantity.ts";
import { type Token, tokenise } from "./tokens.ts";

const constants: Record<string, number> = { pi: Math.PI, e: Math.E };

/** The names that an expression may use. */
export const knownNames = [...Object.keys(numberFunctions), ...Object.keys(constants)];

/**
 * Returns the value of an arithmetic expression.
 * @throws ToolRefusal if the expression is malformed, ambiguous or too large
 */
export function evaluate(expression: string): Quantity {
  return new Evaluator(tokenise(expression)).evaluate();
}

/** The value of a part of the expression. After + and -, a percentage refers to the value before it. */
interface Term {
  value: Quantity;
  isPercent: boolean;
}

/**
 * Parses by recursive descent and calculates on the way. One method per level of precedence, lowest first:
 * `+ -`, then `* / % of` (% is the remainder), sign, `^`, and last the suffixes `!` and `%` (percent).
 */
class Evaluator {
  readonly #tokens: Token[];
  #position = 0;

  constructor(tokens: Token[]) {
    this.#tokens = tokens;
  }

  evaluate(): Quantity {
    const { value } = this.#sum();
    if (this.#peek().type !== "end") throw malformed();
    return value;
  }

  #sum(): Term {
    let left = this.#product();
    while (this.#isNext("+", "-")) {
      const isMinus = this.#take().text === "-";
      const right = this.#product();
      left = addTerms(left, isMinus ? negateTerm(right) : right);
    }
    return left;
  }

  #product(): Term {
    let left = this.#signed();
    while (this.#isNext("*", "/", "%") || (left.isPercent && this.#isNext("of"))) {
      const operate = products[this.#take().text] ?? multiply;
      left = toTerm(operate(left.value, this.#signed().value));
    }
    return left;
  }

  #signed(): Term {
    if (!this.#isNext("+", "-")) return this.#power();
    return this.#take().text === "-" ? negateTerm(this.#signed()) : this.#signed();
  }

  #power(): Term {
    const base = this.#suffixed();
    if (!this.#isNext("^")) return base;
    this.#take();
    return toTerm(power(base.value, this.#signed().value));
  }

  #suffixed(): Term {
    let term = this.#primary();
    for (;;) {
      if (this.#isNext("!")) {
        this.#take();
        term = toTerm(factorial(term.value));
      } else if (this.#isNext("%") && this.#isPercentSign()) {
        this.#take();
        term = { value: divide(term.value, whole(100)), isPercent: true };
        if (this.#isNext("of")) return term;
      } else {
        return term;
      }
    }
  }

  /** A percent sign in front of a number is the remainder operator: 10 % 3. */
  #isPercentSign(): boolean {
    const [sign, next, afterNext] = [this.#peek(), this.#peek(1), this.#peek(2)];
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

  #primary(): Term {
    const { type, text } = this.#take();
    if (type === "number") return toTerm(settle(parseDecimal(text)));
    if (type === "name") return toTerm(this.#named(text));
    if (text === "√") return toTerm(callFunction("sqrt", [this.#suffixed().value]));
    if (text !== "(") throw malformed();
    const term = this.#sum();
    this.#expect(")");
    return term;
  }

  #named(name: string): Quantity {
    const constant = Object.hasOwn(constants, name) ? constants[name] : undefined;
    if (constant !== undefined) return constant;
    if (!knownNames.includes(name)) {
      throw new ToolRefusal(`"${name}" is not a name that the calculator knows.`);
    }
    this.#expect("(");
    const values = [this.#sum().value];
    while (this.#isNext(",")) {
      this.#take();
      values.push(this.#sum().value);
    }
    this.#expect(")");
    return callFunction(name, values);
  }

  #peek(ahead = 0): Token {
    return this.#tokens[this.#position + ahead] ?? endToken;
  }

  #isNext(...signs: string[]): boolean {
    return signs.includes(this.#peek().text);
  }

  #take(): Token {
    const token = this.#peek();
    this.#position += 1;
    return token;
  }

  #expect(sign: string): void {
    if (this.#take().text !== sign) throw malformed();
  }
}

const endToken: Token = { type: "end", text: "", hasSpaceBefore: true, hasSpaceAfter: true };

const products: Record<string, typeof multiply> = { "*": multiply, "/": divide, "%": remainder };

const isOperand = ({ type, text }: Token): boolean =>
  type === "number" || (type === "name" && text !== "of") || text === "(" || text === "√";

function callFunction(name: string, values: Quantity[]): Quantity {
  const known = numberFunctions[name];
  const [first, ...others] = values;
  if (!known || first === undefined || values.length < known.least || values.length > known.most) {
    const { least, most } = known ?? { least: 1, most: 1 };
    const count = least === most ? `${least}` : `${least} to ${most}`;
    throw new ToolRefusal(`${name} takes ${count} numbers, each without thousands separators.`);
  }
  return known.run(first, ...others);
}

const toTerm = (value: Quantity): Term => ({ value, isPercent: false });
const negateTerm = ({ value, isPercent }: Term): Term => ({ value: negate(value), isPercent });

/** 100 - 20% is 80, but 20% + 5% is 25%. */
function addTerms(left: Term, right: Term): Term {
  const isShare = right.isPercent && !left.isPercent;
  const added = isShare ? multiply(left.value, right.value) : right.value;
  return { value: add(left.value, added), isPercent: left.isPercent && right.isPercent };
}

const malformed = () => new ToolRefusal("the expression is not well-formed arithmetic.");
const ambiguousPercent = () =>
  new ToolRefusal(
    "the percent sign is ambiguous: write 10 % (3) for the remainder, (10%) for a percentage.",
  );
