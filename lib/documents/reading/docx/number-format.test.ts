import { expect, it } from "vitest";
import { formatNumber } from "./number-format.ts";

it.each([
  [4, "decimal", "4"],
  [4, "decimalZero", "04"],
  [27, "lowerLetter", "aa"],
  [28, "upperLetter", "BB"],
  [1994, "upperRoman", "MCMXCIV"],
  [4, "lowerRoman", "iv"],
  [0, "lowerRoman", "0"],
  [3, "russianLower", "в"],
  [21, "chineseCounting", "二十一"],
  [10, "japaneseCounting", "十"],
  [3, "decimalEnclosedCircle", "③"],
  [22, "ordinal", "22nd"],
  [5, "none", ""],
  [5, "aFormatOfTheFuture", "5"],
])("%d in the format %s is %s", (number, format, text) => {
  expect(formatNumber(number, format)).toBe(text);
});
