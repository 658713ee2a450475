import { expect, it } from "vitest";
import { element, text, ticksTo } from "./svg.ts";

it("ticksTo returns round steps that reach the highest value", () => {
  expect(ticksTo(310)).toEqual([0, 100, 200, 300, 400]);
  expect(ticksTo(80)).toEqual([0, 20, 40, 60, 80]);
  expect(ticksTo(0.9)).toEqual([0, 0.5, 1]);
});

it("element and text escape what would end an attribute or a tag", () => {
  expect(element("rect", { x: 1.26, "aria-label": 'a "b" <c>' })).toBe(
    '<rect x="1.3" aria-label="a &quot;b&quot; &lt;c>"/>',
  );
  expect(text(0, 0, "a < b & c")).toContain(">a &lt; b &amp; c<");
});
