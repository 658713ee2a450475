import { toolName } from "#frontend/texts/tool-names.ts";
import { useFormats } from "#frontend/texts/use-formats.ts";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import type { ToolCall } from "#lib/contract/chat.ts";
import markdown from "../markdown/markdown.module.css";
import { CodeBlock } from "./code-block.tsx";
import { ProgressLine } from "./progress-line.tsx";
import styles from "./tool-steps.module.css";

// A person does not notice less, and "0 ms" says nothing.
const shortestDurationMs = 100;

type ShownState = ToolCall["state"] | "approved" | "expired" | "void" | "client";

const underWay = "…";

const stateMarks: Record<ShownState, string> = {
  running: underWay,
  waiting: underWay,
  client: underWay,
  approved: underWay,
  done: "✓",
  failed: "✕",
  denied: "✕",
  expired: "✕",
  void: "–",
  unknown: "?",
};

/** Returns what the page says about a call: its state, or the state of its approval where that says more. */
function stateOf({ state, approval, client }: ToolCall, isTurnOpen: boolean): ShownState {
  if (client && state === "waiting") return "client";
  const decision = approval?.state;
  if (decision === "expired") return "expired";
  // The service closes a call that never ran as failed.
  if (decision === "void" || (decision === "open" && !isTurnOpen)) return "void";
  if (state !== "waiting" || decision === undefined || decision === "open") return state;
  return decision;
}

interface StepsProps {
  tools: ToolCall[];
  isTurnOpen: boolean;
}

/**
 * The tool calls of one part of an answer, in order. Once no call runs or waits, those that were done become one line. Calls
 * that failed stay in sight.
 */
export function ToolSteps({ tools, isTurnOpen }: StepsProps) {
  const { tools: texts } = useTexts();
  const done = tools.filter((tool) => stateOf(tool, isTurnOpen) === "done");
  const isSettled = tools.every((tool) => stateMarks[stateOf(tool, isTurnOpen)] !== underWay);
  const folded = isSettled && done.length > 1 ? done : [];
  if (tools.length === 0) return null;
  return (
    <ul className={styles.steps} aria-label={texts.used}>
      {folded.length > 0 && (
        <li className={styles.step}>
          <details>
            <summary className={styles.summary}>
              <Mark state="done" />
              <span className={styles.name}>
                {texts.usedCount(folded.length)}
                <Figures tools={folded} />
              </span>
            </summary>
            <ul className={styles.folded}>
              {folded.map((tool) => (
                <Step key={tool.id} tool={tool} isTurnOpen={isTurnOpen} />
              ))}
            </ul>
          </details>
        </li>
      )}
      {tools.map(
        (tool) =>
          !folded.includes(tool) && <Step key={tool.id} tool={tool} isTurnOpen={isTurnOpen} />,
      )}
    </ul>
  );
}

/** One call. It unfolds to its input and output. */
function Step({ tool, isTurnOpen }: { tool: ToolCall; isTurnOpen: boolean }) {
  const { tools: texts } = useTexts();
  const state = stateOf(tool, isTurnOpen);
  return (
    <li className={styles.step} data-state={state}>
      <details>
        <summary className={styles.summary}>
          <Mark state={state} />
          <span className={styles.name}>{toolName(tool.name, texts.names)}</span>
          <span className={styles.input}>{describeInput(tool)}</span>
          <span className={styles.state}>
            {texts.states[state]}
            {tool.repeats !== undefined && ` · ${texts.repeats}`}
            <Figures tools={[tool]} />
          </span>
        </summary>
        <Input label={texts.input} input={tool.input} />
        <Exchange label={texts.note} text={tool.approval?.note ?? ""} />
        <Exchange label={texts.result} text={tool.output ?? ""} />
      </details>
      {tool.state === "running" && isTurnOpen && <ProgressLine text={tool.progress ?? ""} />}
      {tool.state === "unknown" && <p className={styles.unknown}>{texts.unknownOutcome}</p>}
    </li>
  );
}

const Mark = ({ state }: { state: ShownState }) => (
  <span className={styles.mark} aria-hidden="true">
    {stateMarks[state]}
  </span>
);

/** What the calls have cost, and how long they took together. */
function Figures({ tools }: { tools: ToolCall[] }) {
  const formats = useFormats();
  const costUsd = sumOf(tools, ({ cost_usd }) => cost_usd);
  const durationMs = sumOf(tools, ({ duration_ms }) => duration_ms);
  return [
    costUsd > 0 && formats.dollars(costUsd),
    durationMs >= shortestDurationMs && formats.duration(durationMs),
  ]
    .filter((figure) => figure !== false)
    .map((figure) => ` · ${figure}`)
    .join("");
}

const sumOf = (tools: ToolCall[], read: (tool: ToolCall) => number | undefined) =>
  tools.reduce((sum, tool) => sum + (read(tool) ?? 0), 0);

/** The arguments of a call. A query reads better as code than in JSON. */
function Input({ label, input }: { label: string; input: unknown }) {
  const { sql, ...others } = toRecord(input);
  if (typeof sql !== "string") {
    return <Exchange label={label} text={input === undefined ? "" : toJson(input)} />;
  }
  return (
    <>
      <Exchange label={label} text={Object.keys(others).length === 0 ? "" : toJson(others)} />
      <div className={`${styles.query} ${markdown.markdown}`}>
        <CodeBlock code={sql} language="sql" />
      </div>
    </>
  );
}

function Exchange({ label, text }: { label: string; text: string }) {
  if (text === "") return null;
  return (
    <div className={styles.exchange}>
      <p className={styles.label}>{label}</p>
      <pre dir="auto">{text}</pre>
    </div>
  );
}

const toJson = (value: unknown) => JSON.stringify(value, null, 2);

function toRecord(input: unknown): Record<string, unknown> {
  return typeof input === "object" && input !== null ? { ...input } : {};
}

/** What says most about a call of these tools, by the name of the argument. */
const telling: Record<string, string> = {
  web_search: "query",
  read_page: "url",
  sql_query: "title",
  search_documents: "question",
};

/** Returns the strings and numbers of a tool's input in one line. */
function describeInput({ name, input }: ToolCall): string {
  const values = toRecord(input);
  const { sql } = values;
  const best = values[telling[name] ?? ""] ?? sql;
  if (typeof best === "string" && best !== "") return best;
  return Object.values(values)
    .filter((value) => typeof value === "string" || typeof value === "number")
    .join(", ");
}
