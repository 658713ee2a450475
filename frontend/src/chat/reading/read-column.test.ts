import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readColumn, readDates, readNumbers } from "./read-column.ts";

describe("a column of numbers", () => {
  it.each([
    ["en", ["1,234.50", "12", "-3.5"], [1234.5, 12, -3.5]],
    ["en", ["1.234,50", "12", "−3,5"], [1234.5, 12, -3.5]],
    ["en", ["1,234", "2,000"], [1234, 2000]],
    ["de", ["1.234", "2.000"], [1234, 2000]],
    ["de", ["1,234", "2,000"], [1.234, 2]],
    ["de", ["1,234", "2.5"], [1234, 2.5]],
    ["en", ["0.125", "1.250"], [0.125, 1.25]],
    ["de", ["1 234 567,8", "2"], [1234567.8, 2]],
    ["de", ["1’234.50"], [1234.5]],
    ["en", ["12,34,567"], [1234567]],
    ["en", ["$1,200", "-$5", "$-7"], [1200, -5, -7]],
    ["de", ["1.200,00 €", "–", "5 €"], [1200, null, 5]],
    ["en", ["EUR 5", "USD 7"], [5, 7]],
    ["en", ["12.5 %", "n/a", "3%"], [12.5, null, 3]],
    ["en", ["(1,200)", "5"], [-1200, 5]],
    ["en", ["1.5k", "2M", "3"], [1500, 2e6, 3]],
    ["de", ["1,5 Mio.", "2 Mrd."], [1.5e6, 2e9]],
    ["en", ["5 km", "12 km"], [5, 12]],
    ["en", ["2025", "2026"], [2025, 2026]],
    ["en", ["5 toString"], [5]],
  ])("is read in %s: %j", (language, texts, values) => {
    expect(readNumbers(texts, language)).toEqual(values);
  });

  it.each([
    [["1.2.3", "1.10.0"]],
    [["192.168.0.1"]],
    [["5 km", "12 m"]],
    [["1.234,5", "1,234.5"]],
    [["12:30"]],
    [["2026-01-05"]],
    [["05.01.2026"]],
    [["five"]],
    [["–", ""]],
    [["1,2,3"]],
    [["toString"]],
  ])("is none: %j", (texts) => {
    expect(readNumbers(texts, "en")).toBeNull();
  });

  it("reads what the browser writes", () => {
    const anyNumber = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(
        fc.constantFrom("en-US", "de-DE"),
        fc.array(anyNumber, { minLength: 1 }),
        (locale, numbers) => {
          const format = new Intl.NumberFormat(locale, {
            maximumFractionDigits: 2,
            minimumFractionDigits: 2,
          });
          const texts = numbers.map((number) => format.format(number));
          const values = readNumbers(texts, locale.slice(0, 2));
          expect(values?.map((value) => format.format(value ?? Number.NaN))).toEqual(texts);
        },
      ),
    );
  });
});

describe("a column of dates", () => {
  const day = (year: number, month: number, date = 1) => Date.UTC(year, month - 1, date);

  it.each([
    ["en", ["2026-03-04", "2026-03"], [day(2026, 3, 4), day(2026, 3)]],
    ["en", ["04.03.2026", "5. 3. 26"], [day(2026, 3, 4), day(2026, 3, 5)]],
    ["en", ["3/4/2026"], [day(2026, 3, 4)]],
    ["en", ["3/4/2026", "13/4/2026"], [day(2026, 4, 3), day(2026, 4, 13)]],
    ["de", ["3/4/2026"], [day(2026, 4, 3)]],
    ["de", ["3/14/2026"], [day(2026, 3, 14)]],
    ["en", ["Mar 4, 2026", "4th of March 2026"], [day(2026, 3, 4), day(2026, 3, 4)]],
    ["en", ["Mittwoch, 4. März 2026", "Dez. 2025"], [day(2026, 3, 4), day(2025, 12)]],
    ["en", ["Q1 2026", "2025-Q4", "–"], [day(2026, 1), day(2025, 10), null]],
    ["en", ["May", "April"], [day(2000, 5), day(2000, 4)]],
  ])("is read in %s: %j", (language, texts, values) => {
    expect(readDates(texts, language)).toEqual(values);
  });

  it.each([
    [["31.02.2026"]],
    [["13/13/2026"]],
    [["Mars 2026"]],
    [["March and May"]],
    [["tomorrow"]],
    [["–"]],
  ])("is none: %j", (texts) => {
    expect(readDates(texts, "en")).toBeNull();
  });
});

it("empty cells come last in both directions", () => {
  const texts = ["", "2", "10", "–"];
  const sorted = (direction: "ascending" | "descending") => {
    const compare = readColumn(texts, "en");
    return [0, 1, 2, 3]
      .toSorted((one, other) => compare(one, other, direction))
      .map((at) => texts[at]);
  };
  expect(sorted("ascending")).toEqual(["2", "10", "", "–"]);
  expect(sorted("descending")).toEqual(["10", "2", "", "–"]);
});

it("texts with numbers sort by the numbers", () => {
  const texts = ["v1.10.0", "v1.9.0"];
  expect(readColumn(texts, "en")(0, 1, "ascending")).toBeGreaterThan(0);
});
