import { expect, it } from "vitest";
import { partText } from "./part-text.ts";
import type { Block } from "./read-document.ts";

const blocks: Block[] = [
  { kind: "heading", level: 1, text: "Leave" },
  { kind: "paragraph", text: "Two kinds:\nboth paid." },
  { kind: "item", depth: 0, marker: "2.", text: "Annual leave" },
  { kind: "item", depth: 1, marker: "•", text: "28 days" },
  {
    kind: "table",
    header: ["Year", "Days"],
    rows: [
      ["2025", "28\nor more"],
      ["", ""],
    ],
  },
  { kind: "paragraph", text: " " },
  { kind: "code", text: "  days = 28\n" },
];

it("partText separates blocks by blank lines, and items and rows by line ends", () => {
  expect(partText(blocks).text).toBe(
    [
      "Leave\n\nTwo kinds:\nboth paid.\n\n2. Annual leave\n  • 28 days\n\n",
      "Year | Days\n2025 | 28 or more\n\n  days = 28",
    ].join(""),
  );
});

it("partText returns where each piece stands", () => {
  const { text, pieces } = partText(blocks);
  expect(pieces.map(({ start, end }) => text.slice(start, end))).toEqual([
    ...["Leave", "Two kinds:\nboth paid.", "2. Annual leave", "  • 28 days"],
    ...["Year | Days", "2025 | 28 or more", "  days = 28"],
  ]);
  expect(pieces.filter(({ isHeader }) => isHeader)).toMatchObject([{ start: 59, end: 70 }]);
});

it("partText writes what PostgreSQL can store", () => {
  expect(partText([{ kind: "paragraph", text: "a\0b\ud800" }]).text).toBe("ab\ufffd");
});

it("partText of nothing is empty", () => {
  expect(partText([])).toEqual({ text: "", pieces: [] });
});
