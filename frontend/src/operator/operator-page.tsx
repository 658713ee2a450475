import { type ReactNode, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import type { OperatorReport } from "#lib/contract/operator.ts";
import { Plots } from "../plots/plots.tsx";
import { english, type Texts } from "../texts/english.ts";
import type { OperatorTexts } from "../texts/operator-english.ts";
import { TextsProvider } from "../texts/use-texts.tsx";
import { wordFor } from "../texts/word-for.ts";
import button from "../ui/button.module.css";
import { ChoiceGroup } from "../ui/choice-group.tsx";
import { NoticeLine } from "../ui/notice-line.tsx";
import { PageBoundary } from "../ui/page-boundary.tsx";
import { ScrollBox } from "../ui/scroll-box.tsx";
import { useRequests } from "../ui/use-requests.ts";
import styles from "./operator-page.module.css";
import { type Days, getReport, signOutAsOperator } from "./operator-requests.ts";
import { plotsOf } from "./plots-of.ts";
import { useOperatorFormats } from "./use-operator-formats.ts";

interface OperatorPageProps {
  /** Of today. */
  report: OperatorReport;
  words: OperatorTexts;
  onSessionEnded: () => void;
  onSignedOut: () => void;
}

/** Shows the figures in `page`. Returns a function that removes them. */
export function mountFigures(
  page: HTMLElement,
  { translation, ...props }: OperatorPageProps & { translation: Texts | null },
): () => void {
  const root = createRoot(page);
  flushSync(() =>
    root.render(
      <TextsProvider first={translation ?? english}>
        <PageBoundary>
          <OperatorPage {...props} />
        </PageBoundary>
      </TextsProvider>,
    ),
  );
  return () => root.unmount();
}

const allDays = [1, 7, 30] as const;

/** The figures of a period, which load again only when the operator wants them. */
function OperatorPage({ report: first, words, onSessionEnded, onSignedOut }: OperatorPageProps) {
  const [report, setReport] = useState(first);
  const [days, setDays] = useState<Days>(1);
  const { failure, isRunning, run } = useRequests(onSessionEnded);
  const pending = useRef<AbortController | null>(null);
  const formats = useOperatorFormats();

  /** Aborts the request before, so that the figures are always those of the chosen period. */
  async function send(request: (signal: AbortSignal) => Promise<void>): Promise<void> {
    pending.current?.abort();
    pending.current = new AbortController();
    const { signal } = pending.current;
    await run(() => request(signal), signal);
  }

  function load(chosen: Days): void {
    setDays(chosen);
    void send(async (signal) => setReport(await getReport(chosen, signal)));
  }

  const signOut = () => send(() => signOutAsOperator().then(onSignedOut));

  return (
    <main className={styles.page}>
      <header className={styles.head}>
        <h1>{words.title}</h1>
        <ChoiceGroup
          name="days"
          legend={words.period}
          isLegendHidden
          choices={allDays.map((value) => ({ value, label: words.periods[value] }))}
          chosen={days}
          onChoose={load}
        />
        <button
          className={button.quiet}
          type="button"
          aria-disabled={isRunning || undefined}
          onClick={() => !isRunning && load(days)}
        >
          {words.refresh}
        </button>
        <button
          className={`${button.quiet} ${styles.signOut}`}
          type="button"
          onClick={() => void signOut()}
        >
          {words.signOut}
        </button>
      </header>
      <p className={styles.aside} role="status">
        {isRunning ? words.loading : words.until(formats.time(report.until))}
      </p>
      <p className={styles.aside}>{words.signedInUntil(formats.hour(report.session_expires_at))}</p>
      {failure && <NoticeLine notice={failure} then="tryAgain" />}
      <Figures report={report} words={words} />
      <section>
        <h2>{report.unit === "hour" ? words.hours : words.days}</h2>
        <div className={styles.plots}>
          {plotsOf(report, words).map((plot) => (
            <Plots key={plot.series[0]?.name} plot={plot} />
          ))}
        </div>
        <SlotTable report={report} words={words} />
      </section>
      <Tables report={report} words={words} />
      <p className={styles.aside}>
        {words.rateLimited}{" "}
        {report.metrics_url ? <a href={report.metrics_url}>{words.metrics}</a> : words.noMetrics}
      </p>
      <p className={styles.aside}>{words.guide}</p>
    </main>
  );
}

interface PartProps {
  report: OperatorReport;
  words: OperatorTexts;
}

function Figures({ report, words }: PartProps) {
  const { figures } = words;
  const formats = useOperatorFormats();
  const { count, dollars, share } = formats;
  const { queue, budgets, documents, turns, first_token, duration, feedback } = report;
  const ms = (value: number | null) => (value === null ? words.unknown : formats.seconds(value));
  const left = ({ cap_usd, spent_usd, reserved_usd }: typeof budgets.day) =>
    words.leftOf(
      share(Math.max(0, cap_usd - spent_usd - reserved_usd) / cap_usd),
      dollars(cap_usd),
    );
  return (
    <>
      <section>
        <h2>{words.now}</h2>
        <dl className={styles.figures}>
          <Figure name={figures.queued}>{count(queue.queued)}</Figure>
          <Figure name={figures.running}>{count(queue.running)}</Figure>
          <Figure name={figures.waiting}>{count(queue.waiting)}</Figure>
          <Figure name={figures.oldest}>
            {queue.oldest_seconds === null
              ? words.none
              : formats.seconds(queue.oldest_seconds * 1_000)}
          </Figure>
          <Figure name={figures.budgetDay}>{left(budgets.day)}</Figure>
          <Figure name={figures.budgetMonth}>{left(budgets.month)}</Figure>
          <Figure name={figures.documents}>{count(documents.ready)}</Figure>
          <Figure name={figures.documentsReading}>{count(documents.reading)}</Figure>
          <Figure name={figures.documentsFailed}>{count(documents.failed)}</Figure>
          <Figure name={figures.bytes}>
            {words.units.megabytes(Math.round(documents.bytes / 1_000_000))}
          </Figure>
        </dl>
      </section>
      <section>
        <h2>{words.inPeriod}</h2>
        <dl className={styles.figures}>
          <Figure name={figures.accepted}>{count(turns.accepted)}</Figure>
          <Figure name={figures.done}>{count(turns.done)}</Figure>
          <Figure name={figures.failed}>{count(turns.failed)}</Figure>
          <Figure name={figures.stopped}>{count(turns.stopped)}</Figure>
          <Figure name={figures.takeOvers}>{count(turns.take_overs)}</Figure>
          <Figure name={figures.cost}>{dollars(report.cost_usd)}</Figure>
          <Figure name={figures.firstToken}>{ms(first_token.p50_ms)}</Figure>
          <Figure name={figures.firstTokenSlow}>{ms(first_token.p95_ms)}</Figure>
          <Figure name={figures.duration}>{ms(duration.p50_ms)}</Figure>
          <Figure name={figures.durationSlow}>{ms(duration.p95_ms)}</Figure>
          <Figure name={figures.up}>{count(feedback.up)}</Figure>
          <Figure name={figures.down}>{count(feedback.down)}</Figure>
        </dl>
      </section>
    </>
  );
}

function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function SlotTable({ report, words }: PartProps) {
  const formats = useOperatorFormats();
  const at = report.unit === "hour" ? formats.hour : formats.day;
  const seconds = (ms: number | null) => (ms === null ? words.unknown : formats.seconds(ms));
  return (
    <DataTable
      name={report.unit === "hour" ? words.hours : words.days}
      columns={[
        words.time,
        words.turns,
        words.failures,
        words.figures.cost,
        words.figures.firstToken,
        words.figures.firstTokenSlow,
      ]}
      rows={report.slots
        .filter(({ turns, cost_usd }) => turns > 0 || cost_usd > 0)
        .toReversed()
        .map(({ start, turns, failed, cost_usd, first_token }) => [
          ...[at(start), formats.count(turns), formats.count(failed), formats.dollars(cost_usd)],
          ...[seconds(first_token.p50_ms), seconds(first_token.p95_ms)],
        ])}
      empty={words.noAnswers}
    />
  );
}

function Tables({ report, words }: PartProps) {
  const formats = useOperatorFormats();
  const { count, dollars } = formats;
  const seconds = (ms: number | null) => (ms === null ? words.unknown : formats.seconds(ms));
  return (
    <>
      <section>
        <h2>{words.models}</h2>
        <DataTable
          name={words.models}
          columns={[
            ...[words.model, words.turns, words.figures.cost],
            ...[words.figures.firstToken, words.figures.firstTokenSlow],
          ]}
          rows={report.models.map(({ model, turns, cost_usd, first_token }) => [
            ...[model ?? words.noModel, count(turns), dollars(cost_usd)],
            ...[seconds(first_token.p50_ms), seconds(first_token.p95_ms)],
          ])}
          empty={words.noAnswers}
        />
      </section>
      <section>
        <h2>{words.errors}</h2>
        <DataTable
          name={words.errors}
          columns={[words.error, words.count]}
          rows={report.errors.map((error) => [error.type, count(error.count)])}
          empty={words.noErrors}
        />
      </section>
      <section>
        <h2>{words.slowest}</h2>
        <DataTable
          name={words.slowest}
          columns={[
            ...[words.turn, words.time, words.status, words.model, words.attempts],
            ...[words.firstWord, words.whole],
          ]}
          rows={report.slowest.map((turn) => [
            ...[turn.turn_id, formats.time(turn.created_at)],
            ...[wordFor(words.statuses, turn.status) ?? turn.status, turn.model ?? words.noModel],
            ...[count(turn.attempts), seconds(turn.first_token_ms), seconds(turn.duration_ms)],
          ])}
          empty={words.noAnswers}
        />
      </section>
    </>
  );
}

/** The first column names the row. */
function DataTable({
  name,
  columns,
  rows,
  empty,
}: {
  name: string;
  columns: string[];
  rows: string[][];
  empty: string;
}) {
  if (rows.length === 0) return <p className={styles.aside}>{empty}</p>;
  return (
    <ScrollBox label={name}>
      <table className={styles.table}>
        <caption className="spoken">{name}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([head, ...cells]) => (
            <tr key={head}>
              <th scope="row">{head}</th>
              {cells.map((cell, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the columns never change
                <td key={index}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}
