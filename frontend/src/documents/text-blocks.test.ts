import fc from "fast-check";
import { expect, it } from "vitest";
import { textBlocks } from "./text-blocks.ts";

it("the blocks of any text join to the text, and their marks to the quoted words", () => {
  const lines = fc.array(fc.string({ maxLength: 3_000, unit: fc.constantFrom("a", "b", " ") }), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(lines, fc.nat(100_000), fc.nat(30_000), fc.nat(9_000), (all, start, at, length) => {
      const text = all.join("\n");
      const range = { start: start + at, end: start + at + length };
      const blocks = textBlocks(text, start, range);
      expect(blocks.map((block) => block.text).join("")).toBe(text);
      const marked = blocks.map((block) =>
        block.mark ? block.text.slice(block.mark.from, block.mark.to) : "",
      );
      expect(marked.join("")).toBe(text.slice(at, at + length));
      for (const block of blocks) {
        expect(text.slice(block.start - start).startsWith(block.text)).toBe(true);
      }
    }),
    { numRuns: 200 },
  );
});

it("a block ends at a line end, unless a line is longer", () => {
  const text = `${"a".repeat(3_000)}\n${"b".repeat(3_000)}\n${"c".repeat(9_000)}\nd`;
  expect(textBlocks(text, 0, null).map((block) => block.text.length)).toEqual([
    3_001, 3_001, 9_001, 1,
  ]);
});
