import fc from "fast-check";
import { expect, it } from "vitest";
import { alignedOffsets } from "./aligned-offsets.ts";

it.each([
  ["plain", "plain", [0, 1, 2, 3, 4]],
  ["a*b", "a\\*b", [0, 2, 3]],
  ["a&b", "a&amp;b", [0, 1, 6]],
  ["&amp;", "&amp;", [0, 1, 2, 3, 4]],
  ["a\\b", "a\\b", [0, 1, 2]],
  ["a\nb", "a\n> b", [0, 1, 4]],
  ["a\nb", "a  \n   b", [0, 3, 7]],
  ["😀!", "&#128512;!", [0, 0, 9]],
])("%j of %j has the offsets %j", (value, source, offsets) => {
  expect(alignedOffsets(value, source)).toEqual(offsets);
});

it("the offsets of any text are as many as its units and never fall", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (value, source) => {
      const offsets = alignedOffsets(value, source);
      expect(offsets).toHaveLength(value.length);
      expect(offsets).toEqual(offsets.toSorted((one, other) => one - other));
    }),
  );
});
