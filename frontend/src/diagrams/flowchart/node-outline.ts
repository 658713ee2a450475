import {
  type Box,
  borderOfBox,
  borderOfEllipse,
  borderOfPolygon,
  type Point,
  type Size,
} from "../geometry.ts";
import type { NodeShape } from "./flowchart.ts";

const padding = { x: 14, y: 10 };
/** How far the side of a slanted shape leans, and how deep a flag is cut. */
const slant = 14;
/** The height of half the lid of a cylinder. */
export const lid = 7;

/** Returns the size of a node around its text. */
export function nodeSize(shape: NodeShape, text: Size): Size {
  const width = Math.max(text.width, 16) + 2 * padding.x;
  const height = text.height + 2 * padding.y;
  switch (shape) {
    case "circle":
    case "double-circle": {
      const across = Math.hypot(text.width, text.height) + 16 + (shape === "circle" ? 0 : 10);
      return { width: across, height: across };
    }
    case "ellipse":
      return { width: width * 1.3, height: height * 1.3 };
    case "diamond":
      return { width: text.width + text.height + 32, height: text.width + text.height + 32 };
    case "cylinder":
      return { width, height: height + 3 * lid };
    case "subroutine":
    case "stadium":
      return { width: width + 16, height };
    case "hexagon":
    case "flag":
    case "lean-right":
    case "lean-left":
    case "trapezoid":
    case "inverse-trapezoid":
      return { width: width + 2 * slant, height };
    default:
      return { width, height };
  }
}

/** Returns the corners of a shape with straight sides, clockwise from the left top; undefined for any other shape. */
export function nodeCorners(shape: NodeShape, { x, y, width, height }: Box): Point[] | undefined {
  const [left, right, top, bottom] = [x - width / 2, x + width / 2, y - height / 2, y + height / 2];
  const corners = (...places: [x: number, y: number][]) =>
    places.map(([cornerX, cornerY]) => ({ x: cornerX, y: cornerY }));
  switch (shape) {
    case "diamond":
      return corners([x, top], [right, y], [x, bottom], [left, y]);
    case "hexagon":
      return corners(
        ...([
          [left + slant, top],
          [right - slant, top],
          [right, y],
          [right - slant, bottom],
          [left + slant, bottom],
          [left, y],
        ] as [number, number][]),
      );
    case "flag":
      return corners([left, top], [right, top], [right, bottom], [left, bottom], [left + slant, y]);
    case "lean-right":
      return corners([left + slant, top], [right, top], [right - slant, bottom], [left, bottom]);
    case "lean-left":
      return corners([left, top], [right - slant, top], [right, bottom], [left + slant, bottom]);
    case "trapezoid":
      return corners([left + slant, top], [right - slant, top], [right, bottom], [left, bottom]);
    case "inverse-trapezoid":
      return corners([left, top], [right, top], [right - slant, bottom], [left + slant, bottom]);
    default:
      return undefined;
  }
}

/** Returns where an edge from the node's centre towards `outside` leaves the node. */
export function nodeBorder(shape: NodeShape, box: Box, outside: Point): Point {
  if (["circle", "double-circle", "ellipse"].includes(shape)) return borderOfEllipse(box, outside);
  const corners = nodeCorners(shape, box);
  return corners ? borderOfPolygon(corners, box, outside) : borderOfBox(box, outside);
}
