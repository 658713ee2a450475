import styles from "./plots.module.css";

// Series differ by pattern, dashes and shape as well as by colour: for print, forced colours and people who see few colours.

const seriesClasses = [styles.first, styles.second, styles.third, styles.fourth];
const dashes = [undefined, "7 4", "2 3", "9 3 2 3"];
/** Around the point 0, 0. */
const shapes = [
  "M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0",
  "M-3-3h6v6h-6z",
  "M0-4L4 3.5h-8z",
  "M0-4.5L4.5 0L0 4.5L-4.5 0z",
];

export const seriesClass = (series: number) => seriesClasses[series] ?? "";
export const dashOf = (series: number) => dashes[series];
export const shapeOf = (series: number) => shapes[series] ?? "";

/** Returns the fill of a series's bars. The first is plain. */
export const fillOf = (series: number, id: string) =>
  series === 0 ? "currentColor" : `url(#${id}-${series})`;

/** The patterns of the bars. `id` is unique on the page. */
export function Patterns({ count, id }: { count: number; id: string }) {
  const lines = ["", "M0 6L6 0M-1 1L1-1M5 7L7 5", "M1 1h2v2h-2zM4 4h2v2h-2z", "M0 1.5h6M0 4.5h6"];
  return (
    <defs>
      {lines.slice(0, count).map(
        (path, series) =>
          series > 0 && (
            <pattern
              className={seriesClass(series)}
              key={path}
              id={`${id}-${series}`}
              width="6"
              height="6"
              patternUnits="userSpaceOnUse"
            >
              <rect className={styles.patternPaper} width="6" height="6" />
              <path className={styles.patternInk} d={path} />
            </pattern>
          ),
      )}
    </defs>
  );
}

/** The names of the series, each beside what it is drawn with. */
export function Legend({ names, isBars, id }: { names: string[]; isBars: boolean; id: string }) {
  return (
    <ul className={styles.legend}>
      {names.map((name, series) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two columns may have the same name
        <li key={series}>
          <svg className={seriesClass(series)} viewBox="0 0 24 12" aria-hidden="true">
            {isBars ? (
              <rect className={styles.bar} fill={fillOf(series, id)} x="6" width="12" height="12" />
            ) : (
              <>
                <path className={styles.line} strokeDasharray={dashOf(series)} d="M0 6H24" />
                <path className={styles.point} d={shapeOf(series)} transform="translate(12 6)" />
              </>
            )}
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}
