import { ToolRefusal } from "#lib/tools/tool.ts";
import {
  add,
  compare,
  divide,
  factorial,
  isExact,
  isNegative,
  isZero,
  negate,
  numberOf,
  parseDecimal,
  power,
  type Quantity,
  settle,
  whole,
} from "./quantity.ts";
import {
  floor,
  fraction,
  isWhole,
  naturalLogarithm as logarithmOfRational,
  negate as negateExact,
  type Rational,
  roundTo,
} from "./rational.ts";

export interface NumberFunction {
  least: number;
  most: number;
  run: (...values: [Quantity, ...Quantity[]]) => Quantity;
}

const one = whole(1);
const ten = whole(10);
const maxRoundingDigits = 1_000;

const of = (least: number, most: number, run: NumberFunction["run"]): NumberFunction => ({
  ...{ least, most, run },
});
const ofOne = (run: (value: Quantity) => Quantity): NumberFunction => of(1, 1, run);
const ofMany = (run: NumberFunction["run"]): NumberFunction => of(1, Number.POSITIVE_INFINITY, run);

/** A function of doubles that is exact at one point: `at` gives `result`. */
const nearly = (run: (value: number) => number, [at, result]: [number, number]): NumberFunction =>
  ofOne((value) =>
    isExact(value) && compare(value, whole(at)) === 0
      ? whole(result)
      : settle(run(numberOf(value))),
  );

export const numberFunctions: Record<string, NumberFunction> = {
  abs: ofOne((value) => (isNegative(value) ? negate(value) : value)),
  acos: nearly(Math.acos, [1, 0]),
  asin: nearly(Math.asin, [0, 0]),
  atan: nearly(Math.atan, [0, 0]),
  atan2: of(2, 2, (y, x = one) => settle(Math.atan2(numberOf(y), numberOf(x)))),
  cbrt: ofOne((value) => power(value, fraction(1n, 3n))),
  ceil: ofOne((value) => rounded(value, 0, (exact) => whole(-floor(negateExact(exact))))),
  cos: nearly(cosine, [0, 1]),
  exp: nearly(Math.exp, [0, 1]),
  factorial: ofOne(factorial),
  floor: ofOne((value) => rounded(value, 0, (exact) => whole(floor(exact)))),
  ln: ofOne((value) => logarithm(value)),
  log: of(1, 2, logarithm),
  log10: ofOne((value) => logarithm(value, ten)),
  log2: ofOne((value) => logarithm(value, whole(2))),
  max: ofMany((...values) =>
    values.reduce((best, value) => (compare(value, best) > 0 ? value : best)),
  ),
  mean: ofMany((...values) => divide(sum(values), whole(values.length))),
  min: ofMany((...values) =>
    values.reduce((best, value) => (compare(value, best) < 0 ? value : best)),
  ),
  round: of(1, 2, round),
  sin: nearly(sine, [0, 0]),
  sqrt: ofOne((value) => power(value, fraction(1n, 2n))),
  sum: ofMany((...values) => sum(values)),
  tan: nearly(tangent, [0, 0]),
};

const sum = (values: Quantity[]): Quantity => values.reduce(add);

function round(value: Quantity, digits: Quantity = whole(0)): Quantity {
  if (!isExact(digits) || !isWhole(digits) || Math.abs(numberOf(digits)) > maxRoundingDigits) {
    throw new ToolRefusal(`round takes a whole number of digits, at most ${maxRoundingDigits}.`);
  }
  const places = numberOf(digits);
  return rounded(value, places, (exact) => settle(roundTo(exact, places)));
}

/** The first digits of a double, which are reliable: 2.9999999999999996 is 3. */
const reliableDigits = 15;

/** Returns the rounded value. A double whose wanted digits are not all reliable stays as it is: about 3.14e30. */
function rounded(value: Quantity, places: number, run: (exact: Rational) => Quantity): Quantity {
  if (isExact(value)) return run(value);
  const isReliable = Math.abs(value) * 10 ** places < 10 ** reliableDigits;
  return isReliable ? run(parseDecimal(value.toPrecision(reliableDigits))) : value;
}

function logarithm(value: Quantity, base?: Quantity): Quantity {
  if (isZero(value) || isNegative(value)) {
    throw new ToolRefusal("a logarithm exists only for numbers above zero.");
  }
  if (base === undefined) return isOne(value) ? whole(0) : naturalLogarithm(value);
  if (isZero(base) || isNegative(base) || isOne(base)) {
    throw new ToolRefusal("the base of a logarithm must be above zero and not 1.");
  }
  const ratio = settle(naturalLogarithm(value) / naturalLogarithm(base));
  const nearest = whole(Math.round(numberOf(ratio)));
  const isPower = isExact(value) && isExact(base) && compare(power(base, nearest), value) === 0;
  return isPower ? nearest : ratio;
}

const isOne = (value: Quantity): boolean => isExact(value) && compare(value, one) === 0;

const naturalLogarithm = (value: Quantity): number =>
  isExact(value) ? logarithmOfRational(value) : Math.log(value);

/** The rounding error of a larger angle is a visible part of a turn. */
const maxAngle = 1e9;

/** Returns 0 for a result within the rounding error of the angle, so that sin(pi) is 0. */
function withoutError(result: number, angle: number): number {
  if (Math.abs(angle) > maxAngle) throw new ToolRefusal("an angle is at most 10^9 radians.");
  return Math.abs(result) <= Math.abs(angle) * Number.EPSILON ? 0 : result;
}

function sine(angle: number): number {
  return withoutError(Math.sin(angle), angle);
}

function cosine(angle: number): number {
  return withoutError(Math.cos(angle), angle);
}

function tangent(angle: number): number {
  const divisor = cosine(angle);
  return divisor === 0 ? Number.POSITIVE_INFINITY : sine(angle) / divisor;
}
