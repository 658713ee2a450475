import type { ReactNode } from "react";
import { UsageReport } from "#lib/contract/usage.ts";
import { requestJson } from "../api/request.ts";
import { useFormats } from "../texts/use-formats.ts";
import { useUsageTexts } from "../texts/use-usage-texts.ts";
import { DailyUsage } from "./daily-usage.tsx";
import styles from "./usage-figures.module.css";
import { useUsageFormats } from "./use-usage-formats.ts";

const days = 90;

/**
 * Returns the figures of the last days.
 * @throws ApiProblem, or the reason of `signal`
 */
export async function loadFigures(signal: AbortSignal): Promise<ReactNode> {
  const path = `/api/v1/usage?days=${days}`;
  return <UsageFigures report={await requestJson(path, UsageReport, { signal })} />;
}

/** The budgets, then each day. */
function UsageFigures({ report: { days, today, site } }: { report: UsageReport }) {
  const texts = useUsageTexts();
  const { dollars, share } = useUsageFormats();
  const { dayAndTime } = useFormats();
  const at = (time: string) => dayAndTime(new Date(time));
  return (
    <div className={styles.figures}>
      <section className={styles.part}>
        <h3>{texts.today}</h3>
        <p className={styles.left}>{texts.left(dollars(today.left_usd), dollars(today.cap_usd))}</p>
        <Bar
          cap={today.cap_usd}
          parts={[
            ["settled", today.settled_usd],
            ["reserved", today.reserved_usd],
          ]}
        />
        <p className={styles.aside}>
          <span className={styles.settledKey}>{texts.settled(dollars(today.settled_usd))}</span>
          {" · "}
          <span className={styles.reservedKey}>{texts.reserved(dollars(today.reserved_usd))}</span>
          {" · "}
          {texts.renews(at(today.resets_at))}
        </p>
      </section>
      <section className={styles.part}>
        <h3>{texts.site}</h3>
        {(["day", "month"] as const).map((period) => (
          <div key={period}>
            <p className={styles.period}>
              <span>{texts.siteLeft[period](share(site[period].left))}</span>
              <span className={styles.aside}>{texts.renews(at(site[period].resets_at))}</span>
            </p>
            <Bar cap={1} parts={[["settled", 1 - site[period].left]]} />
          </div>
        ))}
      </section>
      <section className={styles.part}>
        <h3>{texts.byDay}</h3>
        <DailyUsage days={days} dayBegins={new Date(today.resets_at)} />
      </section>
    </div>
  );
}

/** Shows which parts of a cap are used. Hidden from screen readers: the text beside it has the same figures. */
function Bar({ cap, parts }: { cap: number; parts: ["settled" | "reserved", number][] }) {
  let from = 0;
  return (
    <svg className={styles.bar} viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
      {parts.map(([kind, amount]) => {
        const start = from;
        const width = Math.min(100 - start, (amount / cap) * 100);
        from += width;
        return <rect className={styles[kind]} key={kind} x={start} width={width} height="1" />;
      })}
    </svg>
  );
}
