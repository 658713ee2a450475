import { useState } from "react";
import type { UsageDay } from "#lib/contract/usage.ts";
import { useUsageTexts } from "../texts/use-usage-texts.ts";
import { ChoiceGroup } from "../ui/choice-group.tsx";
import { ScrollBox } from "../ui/scroll-box.tsx";
import styles from "./daily-usage.module.css";
import { type Measure, measures, readTokens } from "./measures.ts";
import { UsagePlot } from "./usage-plot.tsx";
import { useUsageFormats } from "./use-usage-formats.ts";

const ranges = [7, 30, 90] as const;

/** Money, tokens and turns by day: a plot of one of them, and a table of all. */
export function DailyUsage({
  days,
  dayBegins,
}: {
  /** The oldest first. */
  days: UsageDay[];
  /** When some day begins, for its time of day. */
  dayBegins: Date;
}) {
  const texts = useUsageTexts();
  const formats = useUsageFormats();
  const isFree = days.every((day) => day.cost_usd === 0);
  const [measure, setMeasure] = useState<Measure>(isFree ? "tokens" : "money");
  const [range, setRange] = useState<(typeof ranges)[number]>(30);
  const shown = days.slice(-range);
  if (days.every(isUnused)) return <p>{texts.empty}</p>;
  return (
    <>
      <div className={styles.choices}>
        <ChoiceGroup
          name="measure"
          legend={texts.measure}
          isLegendHidden
          choices={measures.map((value) => ({ value, label: texts.measures[value] }))}
          chosen={measure}
          onChoose={setMeasure}
        />
        <ChoiceGroup
          name="range"
          legend={texts.range}
          isLegendHidden
          choices={ranges.map((value) => ({ value, label: texts.days(value) }))}
          chosen={range}
          onChoose={setRange}
        />
      </div>
      <UsagePlot days={shown} measure={measure} />
      {shown.some((day) => day.is_estimated) && <p className={styles.aside}>{texts.estimated}</p>}
      <UsageTable days={shown} />
      <p className={styles.aside}>{texts.dayBegins(formats.time(dayBegins))}</p>
    </>
  );
}

const isUnused = (day: UsageDay) => day.turns === 0 && day.cost_usd === 0 && readTokens(day) === 0;

/** The columns of counts. */
const counts = {
  turns: (day: UsageDay) => day.turns,
  readTokens,
  cachedTokens: (day: UsageDay) => day.cache_read_tokens,
  writtenTokens: (day: UsageDay) => day.output_tokens,
};
const countNames = Object.keys(counts) as (keyof typeof counts)[];

/** The newest day first, without days on which nothing was used. */
function UsageTable({ days }: { days: UsageDay[] }) {
  const texts = useUsageTexts();
  const { day: formatDay, dollars, count } = useUsageFormats();
  const sum = (amountOfDay: (day: UsageDay) => number) =>
    days.reduce((total, day) => total + amountOfDay(day), 0);
  const money = (usd: number, isEstimated: boolean) =>
    isEstimated ? texts.atMost(dollars(usd)) : dollars(usd);
  const hasEstimate = days.some((day) => day.is_estimated);
  return (
    <ScrollBox label={texts.table}>
      <table className={styles.table}>
        <caption className="spoken">{texts.table}</caption>
        <thead>
          <tr>
            <th scope="col">{texts.day}</th>
            <th scope="col">{texts.measures.money}</th>
            {countNames.map((name) => (
              <th key={name} scope="col">
                {texts.columns[name]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {days
            .filter((day) => !isUnused(day))
            .toReversed()
            .map((day) => (
              <tr key={day.day}>
                <th scope="row">{formatDay(day.day)}</th>
                <td>{money(day.cost_usd, day.is_estimated)}</td>
                {countNames.map((name) => (
                  <td key={name}>{count(counts[name](day))}</td>
                ))}
              </tr>
            ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{texts.total}</th>
            <td>{money(sum(costOf), hasEstimate)}</td>
            {countNames.map((name) => (
              <td key={name}>{count(sum(counts[name]))}</td>
            ))}
          </tr>
        </tfoot>
      </table>
    </ScrollBox>
  );
}

const costOf = (day: UsageDay) => day.cost_usd;
