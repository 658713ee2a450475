export interface Point {
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

/** A rectangle by its centre. */
export interface Box extends Point, Size {}

/** Returns the width of one line of text in pixels. */
export type MeasureText = (text: string) => number;

export const lineHeight = 18;

export function textSize(lines: readonly string[], measure: MeasureText): Size {
  return {
    width: Math.ceil(Math.max(0, ...lines.map(measure))),
    height: lines.length * lineHeight,
  };
}

/** Returns where the way from the centre of a box to `outside` leaves the box. */
export function borderOfBox(box: Box, outside: Point): Point {
  const [dx, dy] = [outside.x - box.x, outside.y - box.y];
  if (dx === 0 && dy === 0) return { x: box.x, y: box.y };
  const share = Math.min(
    dx === 0 ? Number.POSITIVE_INFINITY : box.width / 2 / Math.abs(dx),
    dy === 0 ? Number.POSITIVE_INFINITY : box.height / 2 / Math.abs(dy),
  );
  return { x: box.x + dx * share, y: box.y + dy * share };
}

export function borderOfEllipse(box: Box, outside: Point): Point {
  const [dx, dy] = [outside.x - box.x, outside.y - box.y];
  const length = Math.hypot(dx / (box.width / 2), dy / (box.height / 2));
  return length === 0 ? { x: box.x, y: box.y } : { x: box.x + dx / length, y: box.y + dy / length };
}

/** Returns where the way from `inside` to `outside` first crosses a polygon, or `inside` if it crosses none of its sides. */
export function borderOfPolygon(corners: readonly Point[], inside: Point, outside: Point): Point {
  const way = { x: outside.x - inside.x, y: outside.y - inside.y };
  const shares = corners.flatMap((corner, index) => {
    const next = corners[(index + 1) % corners.length] ?? corner;
    const side = { x: next.x - corner.x, y: next.y - corner.y };
    const cross = way.x * side.y - way.y * side.x;
    if (cross === 0) return [];
    const [dx, dy] = [corner.x - inside.x, corner.y - inside.y];
    const onWay = (dx * side.y - dy * side.x) / cross;
    const onSide = (dx * way.y - dy * way.x) / cross;
    return onWay >= 0 && onSide >= 0 && onSide <= 1 ? [onWay] : [];
  });
  const share = shares.length === 0 ? 0 : Math.min(...shares);
  return { x: inside.x + way.x * share, y: inside.y + way.y * share };
}

/** Returns the path of a line through points, with soft bends. */
export function softPath(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  const start = `M${place(first)}`;
  if (rest.length < 2) return start + rest.map((point) => `L${place(point)}`).join("");
  const bends = rest.slice(0, -1).map((point, index) => {
    const next = rest[index + 1] ?? point;
    const isLast = index === rest.length - 2;
    const end = isLast ? next : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    return `Q${place(point)} ${place(end)}`;
  });
  return start + bends.join("");
}

const place = ({ x, y }: Point) => `${round(x)} ${round(y)}`;

const round = (value: number) => Math.round(value * 10) / 10;
