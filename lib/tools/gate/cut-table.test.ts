import { describe, expect, it } from "vitest";
import type { Table } from "#lib/contract/table.ts";
import { cutTable } from "./cut-table.ts";

const table = (rows: Table["rows"], changes: Partial<Table> = {}): Table => ({
  columns: [{ name: "name", type: "text" }],
  ...{ rows, total_rows: rows.length, is_cut: false, ...changes },
});

describe("a table for the person", () => {
  it("stays whole if it fits", () => {
    const whole = table([["a"], [1], [true], [null]], { total_rows: 9, is_cut: true });
    expect(cutTable(whole, 1_000)).toEqual(whole);
  });

  it("loses its last rows, and knows how many there were", () => {
    const rows = Array.from({ length: 1_000 }, (_, row) => [`row ${row} – ü`]);
    const cut = cutTable(table(rows), 4_096);
    expect(Buffer.byteLength(JSON.stringify(cut))).toBeLessThanOrEqual(4_096);
    expect(cut?.rows.length).toBeGreaterThan(150);
    expect(cut?.rows).toEqual(rows.slice(0, cut?.rows.length));
    expect(cut).toMatchObject({ total_rows: 1_000, is_cut: true });
  });

  it("is left out if not even its columns fit", () => {
    const columns = [{ name: "x".repeat(2_000), type: "text" as const }];
    expect(cutTable(table([], { columns }), 1_000)).toBeUndefined();
    expect(cutTable(table([]), -5)).toBeUndefined();
  });

  it("has no cell that PostgreSQL or JSON refuses", () => {
    const columns = [{ name: "a\u0000\ud800", type: "number" as const }];
    const cut = cutTable(table([["b\u0000"], [Number.NaN], [Infinity]], { columns }), 1_000);
    expect(cut?.columns).toEqual([{ name: "a\ufffd", type: "number" }]);
    expect(cut?.rows).toEqual([["b"], [null], [null]]);
  });
});
