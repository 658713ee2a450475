import {
  type Area,
  holds,
  identity,
  intersection,
  type Matrix,
  multiply,
  transformedArea,
} from "./matrix.ts";

/** The graphics and text state of a page while its operators run (ISO 32000-2, 8.4 and 9.3). */
export interface State {
  matrix: Matrix;
  clip: Area;
  /** "#rrggbb"; undefined for a pattern. */
  color: string | undefined;
  opacity: number;
  isBlended: boolean;
  font: string;
  fontSize: number;
  characterSpacing: number;
  wordSpacing: number;
  horizontalScale: number;
  leading: number;
  rise: number;
  mode: number;
}

export function firstState(matrix: Matrix, page: Area): State {
  return {
    matrix,
    clip: page,
    color: "#000000",
    opacity: 1,
    isBlended: false,
    font: "",
    fontSize: 0,
    characterSpacing: 0,
    wordSpacing: 0,
    horizontalScale: 1,
    leading: 0,
    rise: 0,
    mode: 0,
  };
}

/** What is painted on the page so far. */
interface PaintedArea {
  area: Area;
  /** Undefined for a picture, a pattern or a shading. */
  color: string | undefined;
}

export class Background {
  readonly #painted: PaintedArea[] = [];
  readonly #pictures: Area[] = [];

  paint(area: Area, color: string | undefined): void {
    if (area.right > area.left && area.bottom > area.top) this.#painted.push({ area, color });
  }

  paintPicture(area: Area): void {
    this.paint(area, undefined);
    this.#pictures.push(area);
  }

  /** Returns whether a text of this color cannot be told from what is behind it. */
  hides(color: string | undefined, x: number, y: number): boolean {
    if (color === undefined) return false;
    const behind = this.#painted.findLast(({ area }) => holds(area, x, y));
    return isSameColor(color, behind === undefined ? "#ffffff" : behind.color);
  }

  isOnPicture(x: number, y: number): boolean {
    return this.#pictures.some((area) => holds(area, x, y));
  }
}

/** Nobody sees a difference of four per cent. */
const leastDifference = 10;

function isSameColor(color: string, other: string | undefined): boolean {
  if (other === undefined) return false;
  const channels = (text: string) =>
    [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16));
  const theirs = channels(other);
  return channels(color).every(
    (channel, index) => Math.abs(channel - (theirs[index] ?? 0)) < leastDifference,
  );
}

export interface Path {
  area: Area;
  isRectangle: boolean;
}

/** Takes the arguments of pdf.js' constructPath: moves (0), lines (1), curves (2, 3) and closings (4) with their points. */
export function pathOf(state: State, [, data, box]: unknown[]): Path | undefined {
  const [points] = Array.isArray(data) ? (data as unknown[]) : [];
  if (!isNumbers(box)) return undefined;
  const area = intersection(transformedArea(state.matrix, box), state.clip);
  return { area, isRectangle: isNumbers(points) && isRectangle(Array.from(points), state.matrix) };
}

const isNumbers = (value: unknown): value is ArrayLike<number> =>
  Array.isArray(value) || ArrayBuffer.isView(value);

function isRectangle(data: number[], matrix: Matrix): boolean {
  const isStraight = (matrix[1] === 0 && matrix[2] === 0) || (matrix[0] === 0 && matrix[3] === 0);
  if (!isStraight || (data.length !== 13 && data.length !== 16)) return false;
  const corners: [number, number][] = [];
  for (let at = 0; at < data.length && data[at] !== 4; at += 3) {
    if (data[at] !== (at === 0 ? 0 : 1)) return false;
    corners.push([data[at + 1] ?? 0, data[at + 2] ?? 0]);
  }
  return (
    new Set(corners.map(([x]) => x)).size === 2 && new Set(corners.map(([, y]) => y)).size === 2
  );
}

/** A picture fills the unit square of its own space (ISO 32000-2, 8.9.3). */
export const pictureArea = ({ matrix, clip }: State): Area =>
  intersection(transformedArea(matrix, [0, 0, 1, 1]), clip);

export const transformed = (state: State, matrix: unknown): Matrix =>
  multiply(state.matrix, isMatrix(matrix) ? matrix : identity);

export const isMatrix = (value: unknown): value is Matrix => isNumbers(value) && value.length === 6;
