import { expect, it } from "vitest";
import { unsourcedNumbers } from "./unsourced-numbers.ts";

const unsourced = (answer: string, ...texts: string[]) =>
  unsourcedNumbers(answer, texts).map(({ start, end }) => answer.slice(start, end));

it.each([
  ["It is 31 days.", "30 days", ["31"]],
  ["It costs 1,234.50 euros.", "1.234,5 EUR", []],
  ["It costs 1 234,5 euros.", "1,234.5 and 1234.5", []],
  ["It costs 1'234.5 francs.", "CHF 1234.50", []],
  ["It costs 1.235 euros.", "1.234 EUR", ["1.235"]],
  ["It costs 1,200,000.", "1.2 million", []],
  ["Es kostet 1,2 Mio. Euro.", "1200000", []],
  ["It grew by 12 %.", "growth of 13 percent", ["12"]],
  ["It is 0.50 or 007.", ".50, 0.5 and 7", []],
  ["The period is 3 months.", "three months", []],
  ["Die Frist ist 12 Tage.", "zwölf Tage", []],
  ["It has 5 and 15.", "15", ["5"]],
  ["It began on 29 November 2026.", "2026-11-29", []],
  ["It began on 2026-11-29.", "November 29, 2026", []],
  ["Es begann am 29.11.2026.", "29 Nov 2026", []],
  ["It began on 30 November 2026.", "2026-11-29", ["30"]],
  ["It began in 2025.", "2026-11-29", ["2025"]],
  ["At 14:30.", "from 14:30 to 15:00", []],
  ["At 14:45.", "from 14:30 to 15:00", ["45"]],
  ["10 500 people", "10 rooms, 500 seats", []],
  ["It is 17 days.", "document 550e8400-e29b-41d4-a17b-446655440000", ["17"]],
  ["31 days.\n- 32 hours", "30 days, 24 hours", ["31", "32"]],
])("finds the numbers of %j that are not in %j", (answer, text, numbers) => {
  expect(unsourced(answer, text)).toEqual(numbers);
});

it.each([
  ["citations", "It is so [1], and so [2, 3]."],
  ["list markers", "1. One\n2. Two\n\n   3) Three\n- 4. Four\n**5. Five** more"],
  ["headings", "## 3 Results\n### 3.1 More"],
  ["numbered rows", "| # | a |\n|---|---|\n| 1 | b |\n| 2 | c |"],
  ["inline code", "Set `timeout = 30`."],
  ["blocks of code", "```\nsleep 30\n```"],
  ["addresses", "See [page](https://a.example/7/8) and https://b.example/9."],
  ["names and codes", "A4, COVID-19, B2B, ISO-9001, key_7, 7f3a9, gpt-4.1"],
  ["ids", "550e8400-e29b-41d4-a716-446655440000"],
  ["versions", "Node 24.11.0"],
  ["ordinals", "the 3rd and the 21st"],
  ["steps", "as in Step 2 and option 3"],
])("ignores the numbers of %s", (_, answer) => {
  expect(unsourced(answer)).toEqual([]);
});

it("does not take a citation in a source for a number", () => {
  expect(unsourced("It is 7.", "[7] Handbook\nSeven is a word. [7, 8]")).toEqual([]);
  expect(unsourced("It is 8.", "[8] Handbook")).toEqual(["8"]);
});
