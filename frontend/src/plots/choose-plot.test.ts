import { describe, expect, it } from "vitest";
import type { Table } from "#lib/contract/table.ts";
import { choosePlot, splitByScale } from "./choose-plot.ts";

type Columns = Record<string, Table["columns"][number]["type"]>;

function tableOf(columns: Columns, ...rows: Table["rows"]): Table {
  return {
    columns: Object.entries(columns).map(([name, type]) => ({ name, type })),
    rows,
    total_rows: rows.length,
    is_cut: false,
  };
}

const sales = tableOf(
  { region: "text", revenue: "number" },
  ["North", "12.50"],
  ["South", -3],
  ["West", null],
);

describe("a table of names and numbers", () => {
  it("has bars with its exact numbers, and gaps for nulls", () => {
    expect(choosePlot(sales, null)).toEqual({
      kind: "bar",
      axisName: "region",
      axis: { kind: "names", names: ["North", "South", "West"] },
      series: [{ name: "revenue", values: [12.5, -3, null] }],
    });
  });

  it("has the kind that the call asks for", () => {
    expect(choosePlot(sales, "line")).toMatchObject({ kind: "line" });
  });

  it("has bars instead of points when only one column has numbers", () => {
    expect(choosePlot(sales, "scatter")).toMatchObject({ kind: "bar" });
  });

  it("has no bars for more than 50 names", () => {
    const rows = Array.from({ length: 51 }, (_, index) => [`Name ${index}`, index]);
    const columns: Columns = { name: "text", amount: "number" };
    expect(choosePlot(tableOf(columns, ...rows), null)).toBe("tooManyNames");
    expect(choosePlot(tableOf(columns, ...rows.slice(1)), null)).toMatchObject({ kind: "bar" });
  });
});

describe("an axis", () => {
  it.each([
    [["2025-02", "2025-01"], true],
    [["2025-02-01", "2025-01-01"], true],
    [["2025-02-01T00:00:00Z", "2025-01-01T00:00:00Z"], true],
    [["2025-02-03", "2025-01-01"], false],
  ])("of %j goes from left to right, in months: %s", ([late = "", early = ""], areMonths) => {
    const plot = choosePlot(tableOf({ t: "text", n: "number" }, [late, 2], [early, 1]), null);
    expect(plot).toMatchObject({ kind: "line", axis: { kind: "times", areMonths } });
    expect(plot).toMatchObject({ series: [{ values: [1, 2] }] });
  });

  it.each([["2025-13"], ["soon"], ["2025-99-99"], [""]])("of %j has names", (text) => {
    const table = tableOf({ t: "time", n: "number" }, [text, 2], [text, 1]);
    expect(choosePlot(table, null)).toMatchObject({ axis: { kind: "names" } });
  });

  it("has years as names", () => {
    const table = tableOf({ year: "number", n: "number" }, [2024, 5], ["2025", 6]);
    expect(choosePlot(table, null)).toMatchObject({
      kind: "bar",
      axis: { kind: "names", names: ["2024", "2025"] },
    });
  });
});

describe("a table of any other shape", () => {
  it.each<[string, Table]>([
    ["no row", tableOf({ a: "text", b: "number" })],
    ["one row", tableOf({ a: "text", b: "number" }, ["x", 1])],
    ["no number", tableOf({ a: "text", b: "text" }, ["x", "1"], ["y", "2"])],
    ["only numbers", tableOf({ a: "number", b: "number" }, [1, 2], [3, 4])],
    [
      "two texts before two numbers",
      tableOf(
        { a: "text", b: "text", c: "number", d: "number" },
        ["x", "y", 1, 2],
        ["x", "z", 3, 4],
      ),
    ],
    [
      "five numbers",
      tableOf(
        { a: "text", b: "number", c: "number", d: "number", e: "number", f: "number" },
        ["x", 1, 2, 3, 4, 5],
        ["y", 1, 2, 3, 4, 5],
      ),
    ],
    ["only nulls", tableOf({ a: "text", b: "number" }, ["x", null], ["y", null])],
  ])("has no plot by itself: %s", (_, table) => {
    expect(choosePlot(table, null)).toBeNull();
  });

  it("has one when the call asks for one, if it has numbers", () => {
    const one = tableOf({ a: "text", b: "number" }, ["x", 1]);
    expect(choosePlot(one, "bar")).toMatchObject({ kind: "bar" });
    const points = tableOf({ a: "number", b: "number" }, [3, 4], [null, 1], [1, 2]);
    expect(choosePlot(points, "scatter")).toMatchObject({
      kind: "scatter",
      axis: { values: [3, 1] },
      series: [{ name: "b", values: [4, 2] }],
    });
    expect(choosePlot(tableOf({ a: "text" }, ["x"], ["y"]), "bar")).toBe("noNumbers");
    expect(choosePlot(tableOf({ a: "number" }, [1], [2]), "line")).toBe("noNumbers");
  });
});

describe("a table with a row for each place and name", () => {
  const columns: Columns = { month: "text", region: "text", revenue: "number" };

  it("has a series for each name, with gaps", () => {
    const table = tableOf(
      columns,
      ["2025-01", "North", 1],
      ["2025-02", "North", 2],
      ["2025-02", "South", 3],
    );
    expect(choosePlot(table, null)).toMatchObject({
      kind: "line",
      series: [
        { name: "North", values: [1, 2] },
        { name: "South", values: [null, 3] },
      ],
    });
  });

  it("has no plot when a place has a name twice, or with more than four names", () => {
    const twice = tableOf(columns, ["a", "North", 1], ["a", "North", 2], ["b", "North", 2]);
    expect(choosePlot(twice, null)).toBeNull();
    const five = [1, 2, 3, 4, 5].flatMap((name) => [
      ["a", `N${name}`, 1],
      ["b", `N${name}`, 2],
    ]);
    expect(choosePlot(tableOf(columns, ...five), null)).toBeNull();
  });
});

describe("series of one plot", () => {
  const plotOfTwo = (first: number, second: number) => {
    const plot = choosePlot(
      tableOf({ a: "text", b: "number", c: "number" }, ["x", first, second], ["y", first, second]),
      null,
    );
    if (plot === null || typeof plot === "string") throw new Error("no plot");
    return splitByScale(plot).length;
  };

  it("share an axis unless one would be a flat line", () => {
    expect(plotOfTwo(100, 2_000)).toBe(1);
    expect(plotOfTwo(-100, 2_001)).toBe(2);
    expect(plotOfTwo(0, 2_000)).toBe(1);
    expect(plotOfTwo(0, 0)).toBe(1);
  });
});
