import type { Table } from "mdast";
import { describe, expect, it } from "vitest";
import { parseMarkdown } from "../markdown/markdown-syntax.ts";
import { plainTextOf } from "./plain-text-of.ts";
import { sortTable, tableToCsv } from "./sortable-table.tsx";

const tableOf = (markdown: string) => parseMarkdown(markdown).children[0] as Table;

const sales = tableOf(
  `
| Region | Sales | Month |
|---|--:|---|
| **North** | 1,200 [1] | March 2026 |
| South | $900 | Jan 2026 |
| *West* <br> coast | – |
`.trim(),
);

describe("a table in an answer", () => {
  const firstCells = (column: number, direction: "ascending" | "descending") =>
    sortTable(sales, { column, direction }, "en")
      .children.slice(1)
      .map(({ children: [cell] }) => cell && plainTextOf(cell).trim());

  it("sorts by text, number and date", () => {
    expect(firstCells(0, "descending")).toEqual(["West   coast", "South", "North"]);
    expect(firstCells(1, "ascending")).toEqual(["South", "North", "West   coast"]);
    expect(firstCells(2, "descending")).toEqual(["North", "South", "West   coast"]);
  });

  it("is copied without its Markdown", () => {
    expect(tableToCsv(sales)).toBe(
      'Region,Sales,Month\r\nNorth,"1,200 [1]",March 2026\r\nSouth,$900,Jan 2026\r\nWest   coast,–,\r\n',
    );
  });

  it("is copied without formulas that a spreadsheet would run", () => {
    const table = tableOf(
      "| =1+1 | +a |\n|---|---|\n| @SUM(A1) | `-2+3` |\n| \\=cmd | ＝x |\n| -5.5 % | -7 |",
    );
    expect(tableToCsv(table)).toBe("'=1+1,'+a\r\n'@SUM(A1),'-2+3\r\n'=cmd,'＝x\r\n-5.5 %,-7\r\n");
  });
});
