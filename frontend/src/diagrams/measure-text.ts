import type { MeasureText } from "./geometry.ts";

/** Returns a function that measures text in the font of diagrams. */
export function createMeasure(): MeasureText {
  const context = document.createElement("canvas").getContext("2d");
  // A browser may refuse a canvas. Letters are then taken for wide ones.
  if (context === null) return (text) => text.length * 9;
  const { fontFamily } = getComputedStyle(document.body);
  context.font = `600 14px ${fontFamily}`;
  return (text) => context.measureText(text).width;
}
