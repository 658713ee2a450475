import { describe, expect, it } from "vitest";
import type { Table } from "#lib/contract/table.ts";
import { createStoredOutputs, cutForModel } from "./cut-output.ts";

const kilobytes = (text: string) => Buffer.byteLength(text.split("\n")[0] ?? "") / 1024;

describe("an output for the model", () => {
  it("is cut after 8 KB, between two characters", () => {
    const [kept = "", note] = cutForModel("€".repeat(10_000)).split("\n");
    expect(Buffer.byteLength(kept)).toBe(8_190);
    expect(kept).toMatch(/^€+$/);
    expect(note).toBe("… (cut after 8 KB)");
  });

  it.each([8 * 1024, 8 * 1024 - 1])("of %i bytes stays whole", (length) => {
    expect(cutForModel("a".repeat(length))).toBe("a".repeat(length));
  });

  // Work that grew with the square of the length would take longer than the test may.
  it("of 10 MB is cut", () => {
    const output = "€\n".repeat(5_000_000);
    expect(Buffer.byteLength(cutForModel(output))).toBeLessThan(8 * 1024 + 30);
  });

  it.each([
    ["", "(no output)"],
    [" \n", "(no output)"],
    [" ".repeat(100_000), "(no output)"],
    ["a\u0000b\ud800", "ab\ufffd"],
  ])("%j becomes %j", (written, output) => {
    expect(cutForModel(written)).toBe(output);
  });
});

describe("an output for the person", () => {
  it("is cut after 64 KB", () => {
    const store = createStoredOutputs({ calls: 0, bytes: 0 });
    expect(kilobytes(store("x".repeat(100_000)).stored)).toBe(64);
  });

  it("leaves room for what the model reads of every later call", () => {
    const store = createStoredOutputs({ calls: 0, bytes: 0 });
    const stored = Array.from({ length: 16 }, () => kilobytes(store("x".repeat(100_000)).stored));
    expect(stored.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(256);
    expect(Math.min(...stored)).toBe(8);
    expect(stored.slice(0, 2)).toEqual([64, 64]);
  });

  it("says that a table is left out, if not even its columns fit", () => {
    const store = createStoredOutputs({ calls: 0, bytes: 0 });
    const tableOf = (column: string): Table => ({
      columns: [{ name: column, type: "text" }],
      ...{ rows: [["x".repeat(100_000)]], total_rows: 1, is_cut: false },
    });
    expect(store("1 row", tableOf("x".repeat(100_000)))).toEqual({
      stored: "1 row\n… (left out: a table that is too large)",
    });
    expect(store("1 row", tableOf("name"))).toEqual({
      stored: "1 row",
      table: { ...tableOf("name"), rows: [], is_cut: true },
    });
  });

  it("counts what an earlier part of the turn has stored", () => {
    const store = createStoredOutputs({ calls: 15, bytes: 246 * 1024 });
    expect(kilobytes(store("x".repeat(100_000)).stored)).toBe(10);
  });
});
