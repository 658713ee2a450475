/** An exact number: a fraction in lowest terms with a denominator above 0. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Returns the fraction in lowest terms. @throws RangeError if the denominator is 0 */
export function fraction(numerator: bigint, denominator = 1n): Rational {
  if (denominator === 0n) throw new RangeError("Division by zero");
  if (denominator === 1n) return { numerator, denominator };
  const divisor = gcd(absolute(numerator), absolute(denominator));
  const sign = denominator < 0n ? -1n : 1n;
  return {
    numerator: (sign * numerator) / divisor,
    denominator: (sign * denominator) / divisor,
  };
}

export const isWhole = ({ denominator }: Rational): boolean => denominator === 1n;

export function add(one: Rational, other: Rational): Rational {
  return fraction(
    one.numerator * other.denominator + other.numerator * one.denominator,
    one.denominator * other.denominator,
  );
}

export function multiply(one: Rational, other: Rational): Rational {
  return fraction(one.numerator * other.numerator, one.denominator * other.denominator);
}

export function divide(dividend: Rational, divisor: Rational): Rational {
  return fraction(
    dividend.numerator * divisor.denominator,
    dividend.denominator * divisor.numerator,
  );
}

export function negate({ numerator, denominator }: Rational): Rational {
  return { numerator: -numerator, denominator };
}

/** Returns -1, 0 or 1, as a comparison function for `sort` does. */
export function compare(one: Rational, other: Rational): number {
  const difference = one.numerator * other.denominator - other.numerator * one.denominator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Requires a base other than 0 if the exponent is negative. */
export function power({ numerator, denominator }: Rational, exponent: bigint): Rational {
  // Powers of coprime numbers are coprime, so the result is in lowest terms.
  if (exponent >= 0n) {
    return { numerator: numerator ** exponent, denominator: denominator ** exponent };
  }
  const sign = numerator < 0n && exponent % 2n !== 0n ? -1n : 1n;
  return {
    numerator: sign * denominator ** -exponent,
    denominator: absolute(numerator) ** -exponent,
  };
}

/** Returns the root of a non-negative number if the root is a fraction, else undefined. */
export function exactRoot(
  { numerator, denominator }: Rational,
  degree: bigint,
): Rational | undefined {
  const root = {
    numerator: wholeRoot(numerator, degree),
    denominator: wholeRoot(denominator, degree),
  };
  return compare(power(root, degree), { numerator, denominator }) === 0 ? root : undefined;
}

/** Rounds to a multiple of 1/10^digits, half away from zero. */
export function roundTo(value: Rational, digits: number): Rational {
  const scale = power(fraction(10n), BigInt(digits));
  const { numerator, denominator } = multiply(value, scale);
  const rounded = (2n * absolute(numerator) + denominator) / (2n * denominator);
  return divide(fraction(numerator < 0n ? -rounded : rounded), scale);
}

/** Rounds towards 0. */
export const truncate = ({ numerator, denominator }: Rational): bigint => numerator / denominator;

export function floor(value: Rational): bigint {
  const whole = truncate(value);
  return value.numerator < 0n && !isWhole(value) ? whole - 1n : whole;
}

/** Returns the nearest double, or 0 or an infinity beyond the range of a double. */
export function toNumber({ numerator, denominator }: Rational): number {
  // A double holds 53 bits, so a quotient of about 66 bits is precise enough.
  const shift = 66 - (bitLength(numerator) - bitLength(denominator));
  const quotient =
    shift >= 0
      ? (numerator << BigInt(shift)) / denominator
      : numerator / (denominator << BigInt(-shift));
  const half = Math.trunc(-shift / 2);
  return Number(quotient) * 2 ** half * 2 ** (-shift - half);
}

export function bitLength(value: bigint): number {
  return absolute(value).toString(2).length;
}

/** Returns the natural logarithm of a positive number, also close to 1 and beyond the range of a double. */
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

export const absolute = (value: bigint): bigint => (value < 0n ? -value : value);

function gcd(one: bigint, other: bigint): bigint {
  let [greater, smaller] = [one, other];
  while (smaller !== 0n) [greater, smaller] = [smaller, greater % smaller];
  return greater;
}

/** Returns the root rounded down, by Newton's method from above. */
function wholeRoot(value: bigint, degree: bigint): bigint {
  if (value < 2n) return value;
  let root = 1n << (BigInt(bitLength(value)) / degree + 1n);
  for (;;) {
    const next = ((degree - 1n) * root + value / root ** (degree - 1n)) / degree;
    if (next >= root) return root;
    root = next;
  }
}
