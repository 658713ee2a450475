import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Block, Part, ReadDocument } from "#lib/documents/reading/read-document.ts";
import { tokensOfText } from "#lib/platform/estimate-tokens.ts";
import { type ChunkedDocument, chunkDocument } from "./chunk-document.ts";

const paragraph = (text: string): Block => ({ kind: "paragraph", text });
const heading = (level: number, text: string): Block => ({ kind: "heading", level, text });
const section = (...blocks: Block[]): ReadDocument =>
  documentOf({ number: 1, kind: "section", blocks });
const documentOf = (...parts: Part[]): ReadDocument => ({ parts, notes: [] });
const wholeText = ({ parts }: ChunkedDocument) => parts.map(({ text }) => text).join("\n\n");

/** Sentences that differ, of about 15 tokens each. */
const sentences = (count: number, topic = "vacation") =>
  Array.from(
    { length: count },
    (_, index) => `Sentence number ${index + 1} says something about ${topic} for the reader.`,
  ).join(" ");

describe("any document", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.lorem({ mode: "sentences", maxCount: 60 }),
    fc.string({
      unit: fc.constantFrom("休", "暇", "。", "日", "\n", "ท", "ำ", " "),
      maxLength: 2_000,
    }),
    fc.integer({ min: 0, max: 6_000 }).map((length) => "x".repeat(length)),
  );
  const cells = fc.array(text, { maxLength: 6 });
  const block: fc.Arbitrary<Block> = fc.oneof(
    { arbitrary: text.map(paragraph), weight: 4 },
    fc.record({ kind: fc.constant("heading"), level: fc.integer({ min: 1, max: 6 }), text }),
    fc.record({ kind: fc.constant("code"), text }),
    fc.record({
      kind: fc.constant("item"),
      depth: fc.nat({ max: 3 }),
      marker: fc.constantFrom("•", "2.1", ""),
      text,
    }),
    fc.record({
      kind: fc.constant("table"),
      header: cells,
      rows: fc.array(cells, { maxLength: 40 }),
    }),
  ) as fc.Arbitrary<Block>;
  const part = fc.record({
    number: fc.nat(),
    kind: fc.constantFrom("page", "slide", "sheet", "section"),
    blocks: fc.array(block, { maxLength: 12 }),
  }) as fc.Arbitrary<Part>;
  const anyDocument = fc
    .array(part, { maxLength: 5 })
    .map((parts) =>
      chunkDocument(documentOf(...parts.map((one, index) => ({ ...one, number: index + 1 })))),
    );
  const holds = (check: (document: ChunkedDocument) => void) =>
    fc.assert(fc.property(anyDocument, check), { numRuns: 150 });

  it("has chunks that equal their slice of the text, except for a repeated header row", () =>
    holds((document) => {
      const whole = wholeText(document);
      for (const { text, start, end } of document.chunks) {
        const slice = whole.slice(start, end);
        const header = text.slice(0, text.length - slice.length);
        expect(text.endsWith(slice)).toBe(true);
        if (header !== "") {
          expect(whole.slice(0, start)).toContain(header.trimEnd());
          expect(header.endsWith("\n")).toBe(true);
        }
      }
    }));

  it("has chunks that together hold the whole text", () =>
    holds((document) => {
      const whole = wholeText(document);
      let covered = 0;
      for (const { start, end } of document.chunks) {
        if (start > covered) expect(whole.slice(covered, start).trim()).toBe("");
        covered = Math.max(covered, end);
      }
      expect(whole.slice(covered).trim()).toBe("");
    }));

  it("has chunks in order and within bounds, none of them empty or too long", () =>
    holds(({ chunks, parts }) => {
      const starts = new Map(parts.map(({ number, start, text }) => [number, { start, text }]));
      for (const [index, { ordinal, text, start, end, part }] of chunks.entries()) {
        expect(ordinal).toBe(index);
        expect(text.trim()).not.toBe("");
        expect(text.isWellFormed()).toBe(true);
        expect(tokensOfText(text)).toBeLessThanOrEqual(900);
        const before = chunks[index - 1];
        if (before) {
          expect(start).toBeGreaterThan(before.start);
          expect(end).toBeGreaterThan(before.end);
        }
        const own = starts.get(part);
        expect(start).toBeGreaterThanOrEqual(own?.start ?? Infinity);
        expect(start).toBeLessThan((own?.start ?? 0) + (own?.text.length ?? 0));
      }
    }));
});

describe("chunkDocument", () => {
  it("returns no chunk and a note for a document without text", () => {
    for (const empty of [documentOf(), section(), section(paragraph(" \n "))]) {
      const { chunks, notes, language } = chunkDocument(empty);
      expect({ chunks, notes, language }).toEqual({
        chunks: [],
        notes: ["The document holds no text."],
        language: "simple",
      });
    }
  });

  it("makes chunks of about 300 tokens that overlap by whole sentences", () => {
    const { chunks } = chunkDocument(section(paragraph(sentences(80))));
    expect(chunks.length).toBeGreaterThan(3);
    for (const { text } of chunks) {
      expect(tokensOfText(text)).toBeLessThanOrEqual(400);
      expect(tokensOfText(text)).toBeGreaterThan(150);
      expect(text).toMatch(/^Sentence number .*reader\.$/s);
    }
    for (const [index, { start }] of chunks.slice(1).entries()) {
      const overlap = wholeText(chunkDocument(section(paragraph(sentences(80))))).slice(
        start,
        chunks[index]?.end,
      );
      expect(overlap).toMatch(/^Sentence number .*reader\.$/s);
      expect(tokensOfText(overlap)).toBeLessThanOrEqual(60);
    }
  });

  it("a title fits on a line of a list", () => {
    const long = `The  handbook\n${"of the house ".repeat(1_000)}`;
    const { title } = chunkDocument({ ...section(paragraph("Text.")), title: long });
    expect(title).toMatch(/^The handbook of the house .*…$/);
    expect(title).toHaveLength(200);
  });

  it("begins a chunk at a heading and gives each its heading path", () => {
    const { chunks, title } = chunkDocument(
      section(
        ...[heading(1, "Handbook"), heading(2, "Leave"), paragraph(sentences(5))],
        ...[heading(3, "Sick leave"), paragraph(sentences(5))],
        ...[heading(2, "Travel"), paragraph(sentences(5))],
      ),
    );
    expect(title).toBe("Handbook");
    expect(chunks.map(({ headingPath }) => headingPath)).toEqual([
      ["Handbook", "Leave"],
      ["Handbook", "Leave", "Sick leave"],
      ["Handbook", "Travel"],
    ]);
    expect(chunks.map(({ text }) => text.split("\n")[0])).toEqual([
      ...["Handbook", "Sick leave", "Travel"],
    ]);
  });

  it("joins sections of one line", () => {
    const { chunks } = chunkDocument(
      section(heading(2, "Fax"), paragraph("None."), heading(2, "Mail"), paragraph("a@b.example")),
    );
    expect(chunks.map(({ text }) => text)).toEqual(["Fax\n\nNone.\n\nMail\n\na@b.example"]);
  });

  it("keeps a heading with the text below it", () => {
    for (let count = 10; count < 40; count += 1) {
      const { chunks } = chunkDocument(
        section(paragraph(sentences(count)), heading(2, "Travel"), paragraph(sentences(1))),
      );
      for (const { text } of chunks) expect(text).not.toMatch(/Travel$/);
    }
  });

  it("keeps a heading at the document's end with the text above it", () => {
    const { chunks } = chunkDocument(section(paragraph(sentences(60)), heading(2, "Annex")));
    expect(chunks.at(-1)?.text).toMatch(/reader\.\n\nAnnex$/);
  });

  it("repeats the header row of a table that it cuts, and cuts between rows", () => {
    const rows = Array.from({ length: 100 }, (_, row) => [
      `Item ${row}`,
      `${row * 7} EUR`,
      "in stock",
    ]);
    const header = ["Article", "Price", "State"];
    const { chunks } = chunkDocument(section({ kind: "table", header, rows }));
    expect(chunks.length).toBeGreaterThan(1);
    for (const { text } of chunks) {
      expect(text).toMatch(/^Article \| Price \| State\nItem \d+ \| [\s\S]* EUR \| in stock$/);
    }
  });

  it("does not cut a small table", () => {
    const table: Block = { kind: "table", header: ["Year", "Days"], rows: [] };
    for (let year = 2000; year < 2030; year += 1) table.rows.push([String(year), "28 days"]);
    const { chunks } = chunkDocument(section(paragraph(sentences(16)), table));
    expect(chunks.filter(({ text }) => text.includes("Year | Days"))).toHaveLength(1);
    expect(chunks.at(-1)?.text).toContain("Year | Days\n2000 | 28 days");
  });

  it("cuts a row that is longer than a chunk between cells, and repeats the header", () => {
    const row = Array.from({ length: 40 }, (_, cell) => `${cell} ${"words of a cell ".repeat(5)}`);
    const { chunks } = chunkDocument(section({ kind: "table", header: ["Long"], rows: [row] }));
    expect(chunks.length).toBeGreaterThan(2);
    for (const { text } of chunks) {
      expect(text).toMatch(/^Long\n\d+ words/);
      expect(tokensOfText(text)).toBeLessThanOrEqual(400);
    }
  });

  it("keeps items and their markers whole", () => {
    const items = Array.from(
      { length: 60 },
      (_, index): Block => ({ kind: "item", depth: 1, marker: `2.${index}`, text: sentences(1) }),
    );
    const { chunks } = chunkDocument(section(...items));
    expect(chunks.length).toBeGreaterThan(2);
    for (const { text } of chunks) expect(text).toMatch(/^2\.\d+ Sentence[\s\S]*reader\.$/);
  });

  it("cuts a sentence of 50,000 characters between words", () => {
    const { chunks } = chunkDocument(section(paragraph("weder noch ".repeat(4_600))));
    expect(chunks.length).toBeGreaterThan(30);
    for (const { text } of chunks) {
      expect(text).toMatch(/^(weder|noch)[\s\S]*(weder|noch)$/);
      expect(tokensOfText(text)).toBeLessThanOrEqual(400);
    }
  });

  it("cuts Chinese, Japanese and Thai text without spaces", () => {
    const japanese = "従業員は年次有給休暇を取得することができます。".repeat(100);
    const found = chunkDocument(section(paragraph(japanese)));
    expect(found.language).toBe("simple");
    expect(found.chunks.length).toBeGreaterThan(3);
    for (const { text } of found.chunks) expect(text).toMatch(/^従業員[\s\S]*。$/);

    const thai = chunkDocument(section(paragraph("พนักงานมีสิทธิลาพักร้อนประจำปี".repeat(100))));
    expect(thai.chunks.length).toBeGreaterThan(3);
    for (const { text } of thai.chunks) expect(tokensOfText(text)).toBeLessThanOrEqual(400);
  });

  it("lets a sentence continue on the next page, and nothing on the next slide", () => {
    const parts = (kind: Part["kind"]): Part[] => [
      { number: 1, kind, blocks: [paragraph("The fee is")] },
      { number: 2, kind, blocks: [paragraph("20 euros.")] },
    ];
    const pages = chunkDocument(documentOf(...parts("page")));
    expect(pages.chunks.map(({ text, part }) => ({ text, part }))).toEqual([
      { text: "The fee is\n\n20 euros.", part: 1 },
    ]);
    const slides = chunkDocument(documentOf(...parts("slide")));
    expect(slides.chunks.map(({ text, part, start }) => ({ text, part, start }))).toEqual([
      { text: "The fee is", part: 1, start: 0 },
      { text: "20 euros.", part: 2, start: 12 },
    ]);
  });

  it("puts a sheet's name at the top of the heading path", () => {
    const blocks: Block[] = [{ kind: "table", rows: [["Berlin", "42"]] }];
    const { chunks, parts } = chunkDocument(
      documentOf({ number: 1, kind: "sheet", label: "Offices", blocks }),
    );
    expect(chunks[0]?.headingPath).toEqual(["Offices"]);
    expect(parts).toEqual([
      { number: 1, kind: "sheet", label: "Offices", start: 0, text: "Berlin | 42" },
    ]);
  });

  it("refuses a document of more than 20,000 chunks", () => {
    const blocks = Array.from({ length: 20_001 }, (_, index) => [
      heading(1, `Chapter ${index}`),
      paragraph(sentences(3)),
    ]).flat();
    expect(() => chunkDocument(section(...blocks))).toThrow(
      "The document has more than 20,000 passages.",
    );
  });
});
