import type { UsageDay } from "#lib/contract/usage.ts";
import { useUsageTexts } from "../texts/use-usage-texts.ts";
import { amountOf, type Measure } from "./measures.ts";
import styles from "./usage-plot.module.css";
import { useUsageFormats } from "./use-usage-formats.ts";

const height = 100;
/** The share of a day's width that its bar takes. */
const barWidth = 0.72;

/** One bar for each day. A screen reader reads the total and the highest day; the table has every figure. */
export function UsagePlot({ days, measure }: { days: UsageDay[]; measure: Measure }) {
  const texts = useUsageTexts();
  const { day: formatDay, shortDay, dollars, count, shortCount } = useUsageFormats();
  const values = days.map((day) => amountOf(measure, day));
  const top = roundUp(Math.max(...values), measure === "money" ? 0 : 1);
  const format = measure === "money" ? dollars : count;
  const label = measure === "money" ? dollars : shortCount;
  const highest = days[values.indexOf(Math.max(...values))];
  const total = values.reduce((sum, value) => sum + value, 0);
  const summary = highest
    ? texts.plot(
        texts.measures[measure],
        format(total),
        formatDay(highest.day),
        format(Math.max(...values)),
      )
    : "";
  return (
    <figure className={styles.plot} role="img" aria-label={summary}>
      <p className={styles.scale} aria-hidden="true">
        <span>{label(top)}</span>
        <span>{label(0)}</span>
      </p>
      <svg
        className={styles.bars}
        viewBox={`0 0 ${days.length} ${height}`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        {[0, 0.5, 1].map((share) => (
          <line
            className={styles.line}
            key={share}
            x2={days.length}
            y1={height * share}
            y2={height * share}
          />
        ))}
        {days.map((day, index) => {
          const barHeight = top === 0 ? 0 : ((values[index] ?? 0) / top) * height;
          return (
            <g key={day.day}>
              {/* The whole column shows the figure under the pointer, also above a low bar. */}
              <rect className={styles.column} x={index} width="1" height={height}>
                <title>{`${formatDay(day.day)}: ${format(values[index] ?? 0)}`}</title>
              </rect>
              <rect
                className={day.is_estimated && measure === "money" ? styles.estimated : styles.bar}
                x={index + (1 - barWidth) / 2}
                y={height - barHeight}
                width={barWidth}
                height={barHeight}
              />
            </g>
          );
        })}
      </svg>
      <p className={styles.dates} aria-hidden="true">
        {[days[0], days[Math.floor(days.length / 2)], days.at(-1)].map(
          (day) => day && <span key={day.day}>{shortDay(day.day)}</span>,
        )}
      </p>
    </figure>
  );
}

/** Returns the next number of the form 1, 2 or 5 times a power of ten that is not below the value and the minimum. */
function roundUp(value: number, minimum: number): number {
  const least = Math.max(value, minimum);
  if (least === 0) return 0;
  const power = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 5, 10].find((factor) => factor * power >= least) ?? 10) * power;
}
