import type { ReactNode } from "react";
import { PlaceAxis, ValueAxis, widthOf } from "./axes.tsx";
import { type Drawing, describePlace } from "./drawing.ts";
import styles from "./plots.module.css";
import { fillOf, seriesClass } from "./series-marks.tsx";

const [top, bottom, axisHeight] = [10, 220, 26];
/** The share of a place's width that its bars take. */
const barShare = 0.74;

/** Draws upright bars, side by side at each place. */
export function drawColumns(drawing: Drawing): { height: number; content: ReactNode } {
  const { plot, names, ticks, tickNames, width, id } = drawing;
  const left = Math.max(...tickNames.map(widthOf)) + 12;
  const right = width - 4;
  const [lowest = 0, highest = 1] = [ticks[0], ticks.at(-1)];
  const y = (value: number) => bottom - ((value - lowest) / (highest - lowest)) * (bottom - top);
  const slot = (right - left) / names.length;
  const barWidth = (slot * barShare) / plot.series.length;
  const content = (
    <>
      <ValueAxis ticks={ticks} names={tickNames} left={left} right={right} y={y} />
      {names.map((_, place) => {
        const from = left + place * slot;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: two places may have the same name
          <g key={place}>
            {/* The whole column shows the figures under the pointer, also above a low bar. */}
            <rect className={styles.place} x={from} y={top} width={slot} height={bottom - top}>
              <title>{describePlace(drawing, place)}</title>
            </rect>
            {plot.series.map(({ values }, series) => {
              const value = values[place] ?? null;
              if (value === null) return null;
              const [high, low] = [y(Math.max(0, value)), y(Math.min(0, value))];
              return (
                <rect
                  className={`${styles.bar} ${seriesClass(series)}`}
                  // biome-ignore lint/suspicious/noArrayIndexKey: two columns may have the same name
                  key={series}
                  fill={fillOf(series, id)}
                  x={from + (slot * (1 - barShare)) / 2 + series * barWidth}
                  y={high}
                  width={barWidth}
                  height={low - high}
                />
              );
            })}
          </g>
        );
      })}
      <PlaceAxis
        names={names}
        x={(place) => left + (place + 0.5) * slot}
        y={bottom + 18}
        width={width}
      />
    </>
  );
  return { height: bottom + axisHeight, content };
}
