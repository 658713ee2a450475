import { fraction, type Rational } from "./rational.ts";
import { ToolRefusal } from "./tool.ts";

const maxExponent = 2_000;

/** What is written is what it is: 0.1 is one tenth. The text is a number as in `12`, `.5`, `1.5e-3`. */
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
