import styles from "./plots.module.css";

/** In pixels, roughly: the page cannot measure a text before it draws it. */
const characterWidth = 6.8;

export const widthOf = (text: string) => text.length * characterWidth;

/** Cuts a text to a width in pixels. */
export function cutToWidth(text: string, width: number): string {
  const most = Math.floor(width / characterWidth);
  return text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`;
}

/** Lines across the plot at the ticks, and their names at the left. */
export function ValueAxis({
  ticks,
  names,
  left,
  right,
  y,
}: {
  ticks: number[];
  names: string[];
  left: number;
  right: number;
  y: (value: number) => number;
}) {
  return ticks.map((tick, index) => (
    <g key={tick}>
      <path className={tick === 0 ? styles.zero : styles.grid} d={`M${left} ${y(tick)}H${right}`} />
      <text className={styles.valueName} x={left - 8} y={y(tick)}>
        {names[index]}
      </text>
    </g>
  ));
}

/** The names below the plot. Leaves out names for which there is no room. */
export function PlaceAxis({
  names,
  x,
  y,
  width,
}: {
  names: string[];
  x: (index: number) => number;
  y: number;
  width: number;
}) {
  const room = Math.max(...names.map(widthOf)) + 10;
  let free = Number.NEGATIVE_INFINITY;
  return names.map((name, index) => {
    if (x(index) - room / 2 < free) return null;
    free = x(index) + room / 2;
    // The first and the last name stay within the picture.
    const half = widthOf(name) / 2;
    const at = Math.min(Math.max(x(index), half), width - half);
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: two places may have the same name
      <text className={styles.placeName} key={index} x={at} y={y}>
        {name}
      </text>
    );
  });
}
