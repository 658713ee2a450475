import { expect, it } from "vitest";
import { convertUnits } from "./convert-units.ts";

it.each([
  [1, "lb", "kg", 0.45359237],
  [1, "mi", "km", 1.609344],
  [12, "in", "ft", 1],
  [1, "gal", "l", 3.785411784],
  [-40, "C", "F", -40],
  [0, "c", "k", 273.15],
  [98.6, "F", "C", 37],
  [0.1, "m", "mm", 100],
])("%d %s in %s is %d", (value, from, to, result) => {
  expect(convertUnits(value, from, to)).toBe(result);
});

it.each([
  [1, "kg", "m", "kg is a unit of mass, and m is one of length."],
  [1, "stone", "kg", "stone is not a known unit."],
  [1, "kg", "__proto__", "__proto__ is not a known unit."],
  [-1, "k", "c", "-1 k is below absolute zero."],
])("%d %s in %s is refused", (value, from, to, sentence) => {
  expect(() => convertUnits(value, from, to)).toThrow(sentence);
});
