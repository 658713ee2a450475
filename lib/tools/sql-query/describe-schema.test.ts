import { expect, it } from "vitest";
import { describeSchema } from "./describe-schema.ts";
import type { SqlColumn, SqlSchema } from "./schema.ts";

const limit = 6 * 1024;

const column = (index: number, changes: Partial<SqlColumn> = {}): SqlColumn => ({
  name: `column_${index}`,
  type: "character varying(40)",
  ...changes,
});

const schemaOf = (views: number, columns: number, changes: Partial<SqlColumn> = {}): SqlSchema => ({
  name: "analytics",
  comment: "Sales since 2023.",
  views: Array.from({ length: views }, (_, view) => ({
    name: `view_${view}`,
    comment: "One row for each thing.",
    columns: Array.from({ length: columns }, (_, index) => column(index, changes)),
  })),
});

it("a small schema is shown with comments and values", () => {
  const text = describeSchema(schemaOf(1, 1, { comment: "In EUR.", values: ["a", "b"] }));
  expect(text).toBe(
    "Schema analytics. Sales since 2023.\n- view_0: One row for each thing.\n  column_0 varchar(40): In EUR. Values: a, b.",
  );
});

it.each([
  [
    "values",
    schemaOf(4, 20, {
      comment: "In EUR.",
      values: ["first", "second", "third"].map((value) => value.repeat(4)),
    }),
    "Examples of values are left out.",
    "In EUR.",
  ],
  [
    "comments",
    schemaOf(4, 40, { comment: "A comment of some length." }),
    "Comments and values are left out.",
    "column_39 varchar(40)",
  ],
  [
    "types",
    schemaOf(10, 40),
    "This description is cut: types and comments are left out.",
    "view_9(column_0",
  ],
  ["views", schemaOf(60, 60), "more views, without their columns: view_", "view_0(column_0"],
])("a larger schema loses %s first, and says so", (_what, schema, note, kept) => {
  const text = describeSchema(schema);
  expect(text).toContain(note);
  expect(text).toContain(kept);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit);
});

it.each([
  ["thousands of views", schemaOf(5_000, 3)],
  ["two thousand columns", schemaOf(1, 2_000)],
  ["a comment of 1 MB", { ...schemaOf(1, 1), comment: "x".repeat(1024 * 1024) }],
  [
    "comments of many bytes",
    { ...schemaOf(30, 30, { comment: "日本語".repeat(50) }), comment: "日本語".repeat(500) },
  ],
])("%s stay within 6 KB", (_what, schema) => {
  expect(Buffer.byteLength(describeSchema(schema))).toBeLessThanOrEqual(limit);
});
