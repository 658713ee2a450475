import { add, bitLength, fraction, type Rational, toNumber } from "./rational.ts";

/** The natural logarithm of a number above 0, also next to 1 and beyond what a double holds. */
export function naturalLogarithm(value: Rational): number {
  const overOne = toNumber(add(value, fraction(-1n)));
  if (Math.abs(overOne) < 0.5) return Math.log1p(overOne);
  const double = toNumber(value);
  if (Number.isFinite(double) && double > 0) return Math.log(double);
  return wholeLogarithm(value.numerator) - wholeLogarithm(value.denominator);
}

function wholeLogarithm(value: bigint): number {
  const shift = Math.max(0, bitLength(value) - 64);
  return Math.log(Number(value >> BigInt(shift))) + shift * Math.LN2;
}
