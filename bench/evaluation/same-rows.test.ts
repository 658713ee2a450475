import { expect, test } from "vitest";
import { type Rows, sameRows } from "./same-rows.ts";

test.each<[string, Rows, Rows]>([
  ["the same rows", [["a", 1]], [["a", 1]]],
  [
    "rows in another order",
    [
      ["b", 2],
      ["a", 1],
    ],
    [
      ["a", 1],
      ["b", 2],
    ],
  ],
  ["columns in another order", [[1, "a"]], [["a", 1]]],
  ["one more column", [["a", 1, "x"]], [["a", 1]]],
  ["numbers as text", [["1234.50"]], [[1234.5]]],
  ["numbers that are rounded", [["1234.567"]], [["1234.57"]]],
  ["a month as a date and as text", [["2024-03"]], [[new Date("2024-03-01T00:00:00Z")]]],
  ["a month as a time", [["2024-03-01 00:00:00+00"]], [["2024-03-01"]]],
  ["no rows", [], []],
])("%s are the same", (_, found, expected) => {
  expect(sameRows(found, expected)).toBe(true);
});

test.each<[string, Rows, Rows]>([
  ["one row less", [["a"]], [["a"], ["b"]]],
  ["one row more", [["a"], ["b"]], [["a"]]],
  ["another value", [["a", 2]], [["a", 1]]],
  ["one row twice instead of two rows", [["a"], ["a"]], [["a"], ["b"]]],
  ["one value for two", [["1", "x"]], [["1", "1"]]],
  ["a missing column", [["a"]], [["a", 1]]],
  ["a day instead of its month", [["2024-03-02"]], [["2024-03-01"]]],
  ["null instead of zero", [[null]], [[0]]],
])("%s are not the same", (_, found, expected) => {
  expect(sameRows(found, expected)).toBe(false);
});
