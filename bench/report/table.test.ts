import { expect, it } from "vitest";
import { shortFigure, tableOf } from "./table.ts";

it("tableOf shows medians, and medians of the ratios within the rounds", () => {
  const samples = {
    cpu: { this: [10, 20, 30], plain: [20, 40, 30], limit: [1, 1, 1] },
    "database-requests": { this: [2, 2, 2], plain: [43, 43, 43] },
  };
  expect(tableOf(samples, null).split("\n").slice(2)).toEqual([
    "| Processor time of a turn, warm, ms | 1 | 30 | 20 | 20 | 0.50 |",
    "| Database requests of a turn | – | 43 | 2 | – | 0.047 |",
  ]);
});

it("shortFigure keeps three digits", () => {
  expect([1234.5, 99.94, 9.995, 0.0471, 3].map(shortFigure)).toEqual([
    "1235",
    "99.9",
    "9.99",
    "0.047",
    "3",
  ]);
});
