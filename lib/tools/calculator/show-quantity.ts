import { isExact, type Quantity } from "./quantity.ts";
import {
  absolute,
  divide,
  fraction,
  isWhole,
  power,
  type Rational,
  roundTo,
  truncate,
} from "./rational.ts";

/** Digits of a fraction whose decimals never end or are too many. */
const shownDigits = 15;
/** Digits of a double. Its last three digits are not reliable. */
const trustedDigits = 12;
const mostDigits = 60;

/** Returns the number in digits. A number that is not exact begins with "about". */
export function showQuantity(value: Quantity): string {
  if (!isExact(value)) return `about ${tidy(value.toPrecision(trustedDigits))}`;
  if (isWhole(value)) return String(value.numerator);
  const decimals = decimalsOf(value);
  const isShort = decimals !== undefined && digitsOf(value, decimals).length <= mostDigits;
  if (!isShort) return `about ${showRounded(value)}`;
  return decimals <= mostDigits ? showDecimal(value, decimals) : showScientific(value, mostDigits);
}

/** Returns how many decimals write the fraction exactly, or undefined if its decimals never end. */
function decimalsOf({ denominator }: Rational): number | undefined {
  let rest = denominator;
  let [twos, fives] = [0, 0];
  for (; rest % 2n === 0n; rest /= 2n) twos += 1;
  for (; rest % 5n === 0n; rest /= 5n) fives += 1;
  const decimals = Math.max(twos, fives);
  return rest === 1n ? decimals : undefined;
}

function showRounded(value: Rational): string {
  const exponent = exponentOf(value);
  if (exponent >= -6) {
    const decimals = Math.max(0, shownDigits - 1 - exponent);
    return tidy(showDecimal(roundTo(value, decimals), decimals));
  }
  return showScientific(value, shownDigits);
}

function showScientific(value: Rational, digits: number): string {
  const exponent = exponentOf(value);
  const mantissa = divide(value, power(fraction(10n), BigInt(exponent)));
  const decimals = digits - 1;
  return tidy(`${showDecimal(roundTo(mantissa, decimals), decimals)}e${exponent}`);
}

/** Returns the exponent in scientific notation: 0 for 1 to 9, -1 for 0.1. */
function exponentOf({ numerator, denominator }: Rational): number {
  const size = absolute(numerator);
  const estimate = String(size).length - String(denominator).length;
  const scaled = estimate >= 0 ? denominator * 10n ** BigInt(estimate) : denominator;
  const compared = estimate >= 0 ? size : size * 10n ** BigInt(-estimate);
  return compared < scaled ? estimate - 1 : estimate;
}

/** Requires a multiple of 1/10^decimals. */
function showDecimal(value: Rational, decimals: number): string {
  if (decimals === 0) return String(truncate(value));
  const digits = digitsOf(value, decimals).padStart(decimals + 1, "0");
  const sign = value.numerator < 0n ? "-" : "";
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

function digitsOf({ numerator, denominator }: Rational, decimals: number): string {
  return String((absolute(numerator) * 10n ** BigInt(decimals)) / denominator);
}

/** Removes zeros at the end of the decimals. */
function tidy(digits: string): string {
  return digits.replace(/(\.\d*?)0+(?=e|$)/, "$1").replace(/\.(?=e|$)/, "");
}
