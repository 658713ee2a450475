import { describe, expect, it } from "vitest";
import type { Table } from "#lib/contract/table.ts";
import { columnFormat } from "./column-format.ts";
import type { Cell } from "./exact-number.ts";
import { sortRows } from "./sort-rows.ts";
import { toCsv } from "./to-csv.ts";

type Type = Table["columns"][number]["type"];

describe("a sorted table", () => {
  const sort = (type: Type, cells: Cell[], direction: "ascending" | "descending" = "ascending") => {
    const table = { columns: [{ name: "a", type }], rows: cells.map((cell) => [cell]) };
    return sortRows(table, { column: 0, direction }, "de").flat();
  };

  it.each<[Type, Cell[], Cell[]]>([
    ["number", [10, "9", -1, "2e1"], [-1, "9", 10, "2e1"]],
    [
      "number",
      ["9007199254740993", "9007199254740992", "9007199254740992.5"],
      ["9007199254740992", "9007199254740992.5", "9007199254740993"],
    ],
    [
      "number",
      ["-9007199254740993", "-9007199254740992"],
      ["-9007199254740993", "-9007199254740992"],
    ],
    ["number", ["NaN", 2, 1], [1, 2, "NaN"]],
    ["text", ["Zebra", "Äpfel", "b10", "b9"], ["Äpfel", "b9", "b10", "Zebra"]],
    [
      "time",
      ["2025-01-02T00:00:00+02:00", "2025-01-01T23:30:00Z"],
      ["2025-01-02T00:00:00+02:00", "2025-01-01T23:30:00Z"],
    ],
    ["boolean", [true, false], [false, true]],
    ["json", ['{"a":2}', '{"a":1}'], ['{"a":1}', '{"a":2}']],
  ])("orders cells of the type %s: %j", (type, cells, sorted) => {
    expect(sort(type, cells)).toEqual(sorted);
    expect(sort(type, cells.toReversed())).toEqual(sorted);
  });

  it("has empty cells last in both directions", () => {
    expect(sort("number", [null, 1, null, 2])).toEqual([1, 2, null, null]);
    expect(sort("number", [null, 1, null, 2], "descending")).toEqual([2, 1, null, null]);
  });

  it("keeps the order of equal rows, also downwards", () => {
    const table = {
      columns: [{ name: "a", type: "number" as const }],
      rows: [
        [1, "first"],
        [1, "second"],
      ],
    };
    expect(sortRows(table, { column: 0, direction: "descending" }, "en")).toEqual(table.rows);
  });
});

describe("CSV", () => {
  const csv = (...cells: Cell[]) =>
    toCsv({
      columns: cells.map((_, index) => ({ name: `c${index}`, type: "text" })),
      rows: [cells],
    })
      .split("\r\n")
      .at(1);

  it("ends each line with CR and LF", () => {
    const table = { columns: [{ name: "naïve", type: "text" as const }], rows: [["ö"], [null]] };
    expect(toCsv(table)).toBe("naïve\r\nö\r\n\r\n");
  });

  it.each([
    [["a,b", 'say "x"', "two\nlines", " edge "], '"a,b","say ""x""","two\nlines"," edge "'],
    [[null, "", 0, false], ',"",0,false'],
    [["12345678901234567890.10", -5, 1e21], "12345678901234567890.10,-5,1e+21"],
  ])("quotes %j as RFC 4180 says", (cells, line) => {
    const text = toCsv({ columns: cells.map(() => ({ name: "c", type: "text" })), rows: [cells] });
    expect(text.slice(text.indexOf("\r\n") + 2, -2)).toBe(line);
  });

  it.each([
    "=1+1",
    "+cmd",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "  =1",
    "＝1",
    '=HYPERLINK("http://x","y")',
  ])("never contains a formula: %j", (text) => {
    expect(csv(text)?.replace(/^"/, "").startsWith("'")).toBe(true);
  });

  it("never contains a formula in its head", () => {
    expect(toCsv({ columns: [{ name: "=1+1", type: "number" }], rows: [] })).toBe("'=1+1\r\n");
  });
});

describe("a formatted cell", () => {
  const format = (type: Type, cells: Cell[], locale = "en", name = "amount") => {
    const shown = columnFormat({ name, type }, cells, locale, { yes: "yes", no: "no" });
    return cells.map(shown);
  };

  it.each<[Type, Cell[], string[], string?, string?]>([
    ["number", ["12345678901234567890.12", 5], ["12,345,678,901,234,567,890.12", "5.00"]],
    ["number", [1234567.5, null], ["1.234.567,5", "–"], "de"],
    ["number", [2024, 2025], ["2024", "2025"]],
    ["number", [2024, 12025], ["2,024", "12,025"]],
    ["number", [10234], ["10234"], "en", "customer_id"],
    ["number", ["NaN", "Infinity", ""], ["NaN", "Infinity", ""]],
    ["number", [0.1 + 0.2, 1], ["0.30000000000000004", "1"]],
    ["number", ["0.1234567890123456789012345"], ["0.1234567890123456789012345"]],
    ["time", ["2025-01-01", "2025-12-31"], ["Jan 1, 2025", "Dec 31, 2025"]],
    ["time", ["2023-11-01", "2023-12-01", null], ["Nov 2023", "Dec 2023", "–"], "en", "month"],
    ["time", ["2023-11-01T00:00:00Z"], ["Nov. 2023"], "de", "order_month"],
    ["time", ["2023-11-01", "2023-11-02"], ["Nov 1, 2023", "Nov 2, 2023"], "en", "month"],
    ["time", ["2023-11-01", "2023-12-01"], ["Nov 1, 2023", "Dec 1, 2023"], "en", "due_on"],
    ["time", ["2025-01-01T00:00:00Z", null], ["Jan 1, 2025", "–"]],
    [
      "time",
      ["2025-01-01T22:04:05Z", "2025-01-01T00:00:00Z"],
      ["01.01.2025, 22:04:05 UTC", "01.01.2025, 00:00:00 UTC"],
      "de",
    ],
    ["time", ["infinity"], ["infinity"]],
    ["boolean", [true, false, null], ["yes", "no", "–"]],
    ["json", ['{"a":1}'], ['{"a":1}']],
    ["text", [" x ", ""], [" x ", ""]],
  ])("of the type %s shows %j as %j", (type, cells, shown, locale, name) => {
    expect(format(type, cells, locale, name)).toEqual(shown);
  });
});
