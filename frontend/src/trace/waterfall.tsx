import type { Trace } from "#lib/contract/trace.ts";
import type { TraceTexts } from "../texts/trace-english.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { useTraceTexts } from "../texts/use-trace-texts.ts";
import { type Lane, lanesOf, type Step } from "./describe-steps.ts";
import { type TimeScale, timeScaleOf } from "./time-scale.ts";
import { useTraceFormats } from "./use-trace-formats.ts";
import styles from "./waterfall.module.css";

/**
 * The steps of a turn as a table with a bar in each row. Screen readers and keyboards get the table; the bars are only for
 * the eye. Each attempt is a group of rows, so that a crash is visible.
 */
export function Waterfall({ trace }: { trace: Trace }) {
  const texts = useTraceTexts();
  const { tools, facts } = useTexts();
  const { duration, dollars } = useTraceFormats();
  const lanes = lanesOf(trace, {
    ...{ texts, duration, dollars, demoModel: facts.demoModel },
    ...{ toolNames: tools.names, toolStates: tools.states },
  });
  if (lanes.length === 0) return <p className={styles.aside}>{texts.unrecorded}</p>;
  const scale = timeScaleOf(trace, trace.duration_ms);
  const isOpen = trace.attempts.at(-1)?.duration_ms === null || trace.status === "queued";
  const hasLanes = trace.attempts.length > 1;
  const rows = { texts, duration, scale, endMs: trace.duration_ms };
  return (
    <div className={styles.waterfall}>
      <p className={styles.total}>
        {(isOpen ? texts.open : texts.total)(duration(trace.duration_ms))}
      </p>
      <table className={styles.table}>
        <caption className="spoken">{texts.table}</caption>
        <thead className="spoken">
          <tr>
            <th scope="col">{texts.step}</th>
            <th scope="col">{texts.timeline}</th>
            <th scope="col">{texts.start}</th>
            <th scope="col">{texts.duration}</th>
          </tr>
        </thead>
        {lanes.map((lane) => (
          <LaneRows key={keyOf(lane)} lane={lane} isNamed={hasLanes} {...rows} />
        ))}
      </table>
      {trace.summary_usage && <p className={styles.aside}>{texts.summary}</p>}
      {scale.isShortened && <p className={styles.aside}>{texts.shortened}</p>}
    </div>
  );
}

const keyOf = ({ attempt, steps }: Lane) => attempt?.attempt ?? `wait ${steps[0]?.startMs}`;

interface RowParts {
  texts: TraceTexts;
  duration: (ms: number) => string;
  scale: TimeScale;
  endMs: number;
}

function LaneRows({
  lane: { attempt, steps },
  isNamed,
  ...parts
}: RowParts & { lane: Lane; isNamed: boolean }) {
  const { texts } = parts;
  return (
    <tbody>
      {attempt && isNamed && (
        <tr className={styles.lane} data-lost={attempt.outcome === "lost" || undefined}>
          <th scope="rowgroup" colSpan={4}>
            {texts.attempt(attempt.attempt)} · {texts.outcomes[attempt.outcome]}
          </th>
        </tr>
      )}
      {steps.map((step, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the steps of a lane never change
        <StepRow key={index} step={step} {...parts} />
      ))}
    </tbody>
  );
}

function StepRow({ step, texts, duration, scale, endMs }: RowParts & { step: Step }) {
  const { name, details, startMs, durationMs, isFailed } = step;
  return (
    <tr className={styles.row} data-failed={isFailed || undefined}>
      <th scope="row" className={styles.name}>
        {name}
        {details.length > 0 && <span className={styles.details}>{details.join(" · ")}</span>}
      </th>
      <td className={styles.time}>
        <Bar step={step} scale={scale} endMs={endMs} />
      </td>
      <td className={styles.figure}>
        <span className={styles.sign} aria-hidden="true">
          +
        </span>
        {duration(startMs)}
      </td>
      <td className={styles.figure}>
        {durationMs === null ? texts.running : duration(durationMs)}
      </td>
    </tr>
  );
}

/** The least width of a bar, of 1000. */
const leastWidth = 4;

function Bar({ step, scale, endMs }: { step: Step; scale: TimeScale; endMs: number }) {
  const { kind, startMs, durationMs, firstTokenMs } = step;
  const x = Math.min(scale.at(startMs) * 1_000, 1_000 - leastWidth);
  const end = scale.at(durationMs === null ? endMs : startMs + durationMs) * 1_000;
  const first = firstTokenMs === undefined ? x : scale.at(startMs + firstTokenMs) * 1_000;
  return (
    <svg className={styles.bar} viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
      <line className={styles.track} x2="1000" y1="5" y2="5" />
      <rect
        className={styles[step.isFailed && kind !== "lost" ? "failed" : kind]}
        x={x}
        width={Math.max(leastWidth, end - x)}
        height="10"
      />
      {first > x && <rect className={styles.before} x={x} width={first - x} height="10" />}
    </svg>
  );
}
