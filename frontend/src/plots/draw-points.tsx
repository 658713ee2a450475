import type { ReactNode } from "react";
import { PlaceAxis, ValueAxis, widthOf } from "./axes.tsx";
import type { PlotAxis } from "./choose-plot.ts";
import { type Drawing, describePlace } from "./drawing.ts";
import { tickFormat } from "./plot-formats.ts";
import styles from "./plots.module.css";
import { dashOf, seriesClass, shapeOf } from "./series-marks.tsx";
import { leastStepOf, niceTicks, rangeOf } from "./ticks.ts";

const [top, bottom, axisHeight, inset] = [10, 220, 26, 10];
/** Lines through more points have no marks at their points. */
const mostMarks = 60;

/** Draws lines, or the points of a scatter plot. */
export function drawPoints(drawing: Drawing): { height: number; content: ReactNode } {
  const { plot, names, ticks, tickNames, width, locale } = drawing;
  const left = Math.max(...tickNames.map(widthOf)) + 12;
  const right = width - 12;
  const [lowest = 0, highest = 1] = [ticks[0], ticks.at(-1)];
  const y = (value: number) => bottom - ((value - lowest) / (highest - lowest)) * (bottom - top);
  const { axis, axisName } = plot;
  const marks =
    axis.kind === "numbers"
      ? niceTicks(...rangeOf(axis.values, false), leastStepOf(axis.values))
      : [];
  const shares = placesOf(axis, marks);
  const at = (share: number) => left + inset + share * (right - left - 2 * inset);
  const x = (place: number) => at(shares[place] ?? 0);
  const isLine = plot.kind === "line";
  const content = (
    <>
      <ValueAxis ticks={ticks} names={tickNames} left={left} right={right} y={y} />
      {plot.series.map(({ values }, series) => {
        const points = values.map((value, place) =>
          value === null ? null : { x: x(place), y: y(value), place },
        );
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: two columns may have the same name
          <g className={seriesClass(series)} key={series}>
            {isLine && (
              <path className={styles.line} strokeDasharray={dashOf(series)} d={pathOf(points)} />
            )}
            {points.map((point, index) => {
              const isAlone = !points[index - 1] && !points[index + 1];
              if (point === null || (isLine && !isAlone && points.length > mostMarks)) return null;
              return (
                <path
                  className={styles.point}
                  key={point.place}
                  d={shapeOf(series)}
                  transform={`translate(${point.x} ${point.y})`}
                >
                  <title>{describePlace(drawing, point.place)}</title>
                </path>
              );
            })}
          </g>
        );
      })}
      {isLine &&
        names.map((_, place) => {
          const [from, to] = [(x(place - 1) + x(place)) / 2, (x(place) + x(place + 1)) / 2];
          const start = place === 0 ? left : from;
          const end = place === names.length - 1 ? right : to;
          return (
            <rect
              className={styles.place}
              // biome-ignore lint/suspicious/noArrayIndexKey: two places may have the same name
              key={place}
              x={start}
              y={top}
              width={Math.max(0, end - start)}
              height={bottom - top}
            >
              <title>{describePlace(drawing, place)}</title>
            </rect>
          );
        })}
      {axis.kind === "numbers" ? (
        <>
          <PlaceAxis
            names={marks.map(tickFormat(locale, marks))}
            x={(mark) => at(mark / (marks.length - 1))}
            y={bottom + 18}
            width={width}
          />
          <text className={styles.placeName} x={(left + right) / 2} y={bottom + 36}>
            {axisName}
          </text>
        </>
      ) : (
        <PlaceAxis names={names} x={x} y={bottom + 18} width={width} />
      )}
    </>
  );
  return { height: bottom + axisHeight + (axis.kind === "numbers" ? 18 : 0), content };
}

/** Returns where each place is on the axis, from 0 to 1. Names are at equal distances. Numbers are between the first and the last mark. */
function placesOf(axis: PlotAxis, marks: number[]): number[] {
  const values = axis.kind === "names" ? axis.names.map((_, index) => index) : axis.values;
  const ends = marks.length > 0 ? marks : values;
  const [first, last] = [Math.min(...ends), Math.max(...ends)];
  return values.map((value) => (first === last ? 0.5 : (value - first) / (last - first)));
}

/** A null ends one piece of the line; the next value begins another. */
function pathOf(points: ({ x: number; y: number } | null)[]): string {
  return points
    .map((point, index) =>
      point === null ? "" : `${points[index - 1] ? "L" : "M"}${point.x} ${point.y}`,
    )
    .join("");
}
