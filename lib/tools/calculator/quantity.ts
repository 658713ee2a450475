import { ToolRefusal } from "#lib/tools/tool.ts";
import {
  absolute,
  add as addExact,
  bitLength,
  compare as compareExact,
  divide as divideExact,
  exactRoot,
  fraction,
  isWhole,
  multiply as multiplyExact,
  naturalLogarithm,
  negate as negateExact,
  power as powerExact,
  type Rational,
  toNumber,
  truncate,
} from "./rational.ts";

/** A number of the calculator: an exact fraction as long as possible, else a double that approximates the value. */
export type Quantity = Rational | number;

export const isExact = (value: Quantity): value is Rational => typeof value !== "number";
export const whole = (value: number | bigint): Rational => fraction(BigInt(value));

const maxDigits = 2_000;
const maxExponent = 2_000;
const limit = 10n ** BigInt(maxDigits);
/** Such a power takes milliseconds. Ten years of daily interest stay below the limit. */
const maxPowerBits = 100_000;
const maxRootDegree = 100n;
const maxFactorial = 1_000;

/** Returns the value, as a double if the fraction has grown too long. @throws ToolRefusal if the value is too large */
export function settle(value: Quantity): Quantity {
  if (!isExact(value)) return settleNumber(value);
  const { numerator, denominator } = value;
  if (absolute(numerator) < limit && denominator < limit) return value;
  if (isWhole(value)) throw tooLarge();
  return settleNumber(toNumber(value));
}

function settleNumber(value: number): number {
  if (Number.isNaN(value)) throw new ToolRefusal("the result is not a real number.");
  if (!Number.isFinite(value)) throw new ToolRefusal("the result is too large to calculate.");
  return value;
}

const tooLarge = () => new ToolRefusal(`a number has more than ${maxDigits} digits.`);

/**
 * Returns the exact value of a decimal number such as `12`, `.5` or `1.5e-3`: 0.1 is one tenth.
 * @throws ToolRefusal if the exponent is too large
 */
export function parseDecimal(text: string): Rational {
  const [mantissa = "", exponent = "0"] = text.toLowerCase().split("e");
  const [whole = "", decimals = ""] = mantissa.split(".");
  const digits = BigInt(`${whole}${decimals}` || "0");
  const scale = Number(exponent) - decimals.length;
  if (Math.abs(scale) > maxExponent) {
    throw new ToolRefusal(`an exponent is at most ${maxExponent}.`);
  }
  return scale >= 0
    ? fraction(digits * 10n ** BigInt(scale))
    : fraction(digits, 10n ** BigInt(-scale));
}

export const numberOf = (value: Quantity): number =>
  isExact(value) ? settleNumber(toNumber(value)) : value;

export const isZero = (value: Quantity): boolean =>
  isExact(value) ? value.numerator === 0n : value === 0;

export const isNegative = (value: Quantity): boolean =>
  isExact(value) ? value.numerator < 0n : value < 0;

export function negate(value: Quantity): Quantity {
  return isExact(value) ? negateExact(value) : -value;
}

export function add(one: Quantity, other: Quantity): Quantity {
  if (isExact(one) && isExact(other)) return settle(addExact(one, other));
  const [first, second] = [numberOf(one), numberOf(other)];
  const sum = first + second;
  // The difference of two nearly equal doubles is only their rounding error.
  const error = Math.max(Math.abs(first), Math.abs(second)) * 1e-14;
  return settle(Math.abs(sum) < error ? 0 : sum);
}

export function multiply(one: Quantity, other: Quantity): Quantity {
  if (isExact(one) && isExact(other)) return settle(multiplyExact(one, other));
  return settle(numberOf(one) * numberOf(other));
}

export function divide(dividend: Quantity, divisor: Quantity): Quantity {
  if (isZero(divisor)) throw new ToolRefusal("a division by zero has no result.");
  if (isExact(dividend) && isExact(divisor)) return settle(divideExact(dividend, divisor));
  return settle(numberOf(dividend) / numberOf(divisor));
}

/** The remainder has the sign of the dividend, as in JavaScript and C. */
export function remainder(dividend: Quantity, divisor: Quantity): Quantity {
  if (isZero(divisor)) throw new ToolRefusal("a division by zero has no result.");
  if (!isExact(dividend) || !isExact(divisor)) {
    return settle(numberOf(dividend) % numberOf(divisor));
  }
  const times = truncate(divideExact(dividend, divisor));
  return settle(addExact(dividend, negateExact(multiplyExact(whole(times), divisor))));
}

export function compare(one: Quantity, other: Quantity): number {
  if (isExact(one) && isExact(other)) return compareExact(one, other);
  return Math.sign(numberOf(one) - numberOf(other));
}

export function power(base: Quantity, exponent: Quantity): Quantity {
  if (isZero(base) && isNegative(exponent)) {
    throw new ToolRefusal("a division by zero has no result.");
  }
  if (!isExact(exponent)) return settle(numberOf(base) ** exponent);
  const { numerator, denominator } = exponent;
  if (isWhole(exponent)) return wholePower(base, numerator);
  if (isNegative(base) && denominator % 2n === 0n) {
    throw new ToolRefusal("the result is not a real number.");
  }
  const positive = isNegative(base) ? negate(base) : base;
  const result = rootPower(positive, exponent);
  return isNegative(base) && numerator % 2n !== 0n ? negate(result) : result;
}

function rootPower(base: Quantity, exponent: Rational): Quantity {
  const { numerator, denominator } = exponent;
  const mayBeExact = isExact(base) && denominator <= maxRootDegree;
  const root = mayBeExact ? exactRoot(base, denominator) : undefined;
  return root ? wholePower(root, numerator) : roughPower(base, toNumber(exponent));
}

function wholePower(base: Quantity, exponent: bigint): Quantity {
  if (!isExact(base)) return settle(base ** Number(exponent));
  const { numerator, denominator } = base;
  const size = absolute(numerator);
  if (denominator === 1n && size <= 1n)
    return powerExact(base, size === 0n ? exponent : exponent % 2n);
  const leastBits = BigInt(Math.max(bitLength(numerator), bitLength(denominator)) - 1);
  const bits = leastBits * absolute(exponent);
  if (bits <= BigInt(maxPowerBits)) return settle(powerExact(base, exponent));
  if (isWhole(base) && exponent > 0n) throw tooLarge();
  const positive = roughPower({ numerator: size, denominator }, Number(exponent));
  return isNegative(base) && exponent % 2n !== 0n ? negate(positive) : positive;
}

/**
 * Returns the power of a non-negative base as a double. An exact base goes through its logarithm, because a double near
 * 1 loses digits that a large exponent needs.
 */
function roughPower(base: Quantity, exponent: number): number {
  if (!isExact(base) || isZero(base)) return settleNumber(numberOf(base) ** exponent);
  return settleNumber(Math.exp(naturalLogarithm(base) * exponent));
}

export function factorial(value: Quantity): Quantity {
  if (!isExact(value) || !isWhole(value) || isNegative(value)) {
    throw new ToolRefusal("a factorial exists only for whole numbers from 0.");
  }
  if (value.numerator > BigInt(maxFactorial)) throw tooLarge();
  let product = 1n;
  for (let factor = 2n; factor <= value.numerator; factor += 1n) product *= factor;
  return settle(fraction(product));
}
