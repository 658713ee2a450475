import type { ReactNode } from "react";
import { cutToWidth, widthOf } from "./axes.tsx";
import { type Drawing, describePlace } from "./drawing.ts";
import styles from "./plots.module.css";
import { fillOf, seriesClass } from "./series-marks.tsx";

const [top, axisHeight, barHeight, gap] = [4, 22, 12, 8];

/** Draws lying bars, with the name of each place at the left. */
export function drawRows(drawing: Drawing): { height: number; content: ReactNode } {
  const { plot, names, ticks, tickNames, width, id } = drawing;
  const room = Math.min(Math.max(...names.map(widthOf)), width * 0.38);
  const left = room + 8;
  const right = width - Math.max(...tickNames.map(widthOf)) / 2 - 4;
  const [lowest = 0, highest = 1] = [ticks[0], ticks.at(-1)];
  const x = (value: number) => left + ((value - lowest) / (highest - lowest)) * (right - left);
  const rowHeight = plot.series.length * barHeight + gap;
  const bottom = top + names.length * rowHeight;
  const shownTicks = everyFitting(
    ticks,
    (right - left) / (Math.max(...tickNames.map(widthOf)) + 12),
  );
  const content = (
    <>
      {shownTicks.map((tick) => (
        <g key={tick}>
          <path
            className={tick === 0 ? styles.zero : styles.grid}
            d={`M${x(tick)} ${top}V${bottom}`}
          />
          <text className={styles.placeName} x={x(tick)} y={bottom + 16}>
            {tickNames[ticks.indexOf(tick)]}
          </text>
        </g>
      ))}
      {names.map((name, place) => {
        const from = top + place * rowHeight;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: two places may have the same name
          <g key={place}>
            <rect className={styles.place} x="0" y={from} width={width} height={rowHeight}>
              <title>{describePlace(drawing, place)}</title>
            </rect>
            <text className={styles.valueName} x={left - 8} y={from + rowHeight / 2}>
              {cutToWidth(name, room)}
            </text>
            {plot.series.map(({ values }, series) => {
              const value = values[place] ?? null;
              if (value === null) return null;
              const [start, end] = [x(Math.min(0, value)), x(Math.max(0, value))];
              return (
                <rect
                  className={`${styles.bar} ${seriesClass(series)}`}
                  // biome-ignore lint/suspicious/noArrayIndexKey: two columns may have the same name
                  key={series}
                  fill={fillOf(series, id)}
                  x={start}
                  y={from + gap / 2 + series * barHeight}
                  width={end - start}
                  height={barHeight}
                />
              );
            })}
          </g>
        );
      })}
    </>
  );
  return { height: bottom + axisHeight, content };
}

/** Returns every second, third … tick, so that the names do not touch. Zero, where the bars begin, is among them. */
function everyFitting(ticks: number[], most: number): number[] {
  const step = Math.ceil(ticks.length / Math.max(1, Math.floor(most)));
  const first = Math.max(0, ticks.indexOf(0));
  return ticks.filter((_, index) => (index - first) % step === 0);
}
