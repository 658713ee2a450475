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

type ShownState = ToolCall["state"] | "approved" | "expired" | "void";

const stateMarks: Record<ShownState, string> = {
  running: "…",
  waiting: "…",
  approved: "…",
  done: "✓",
  failed: "✕",
  denied: "✕",
  expired: "✕",
  void: "–",
  unknown: "?",
};

/** Returns what the page says about a call: its state, or the state of its approval where that says more. */
function stateOf({ state, approval }: ToolCall, isTurnOpen: boolean): ShownState {
  const decision = approval?.state;
  if (decision === "expired") return "expired";
  // The service closes a call that never ran as failed.
  if (decision === "void" || (decision === "open" && !isTurnOpen)) return "void";
  if (state !== "waiting" || decision === undefined || decision === "open") return state;
  return decision;
}

/** The tool calls of an answer, in order. Each unfolds to its input and output. */
export function ToolSteps({ tools, isTurnOpen }: { tools: ToolCall[]; isTurnOpen: boolean }) {
  const { tools: texts } = useTexts();
  const formats = useFormats();
  if (tools.length === 0) return null;
  return (
    <ul className={styles.steps} aria-label={texts.used}>
      {tools.map((tool) => (
        <li key={tool.id} className={styles.step} data-state={stateOf(tool, isTurnOpen)}>
          <details>
            <summary className={styles.summary}>
              <span className={styles.mark} aria-hidden="true">
                {stateMarks[stateOf(tool, isTurnOpen)]}
              </span>
              <span className={styles.name}>{toolName(tool.name, texts.names)}</span>
              <span className={styles.input}>{describeInput(tool)}</span>
              <span className={styles.state}>
                {texts.states[stateOf(tool, isTurnOpen)]}
                {tool.repeats !== undefined && ` · ${texts.repeats}`}
                {tool.cost_usd ? ` · ${formats.dollars(tool.cost_usd)}` : ""}
                {tool.duration_ms !== undefined &&
                  tool.duration_ms >= shortestDurationMs &&
                  ` · ${texts.milliseconds(Math.round(tool.duration_ms))}`}
              </span>
            </summary>
            <Input label={texts.input} input={tool.input} />
            <Exchange label={texts.note} text={tool.approval?.note ?? ""} />
            <Exchange label={texts.result} text={tool.output ?? ""} />
          </details>
          {tool.state === "running" && isTurnOpen && <ProgressLine text={tool.progress ?? ""} />}
          {tool.state === "unknown" && <p className={styles.unknown}>{texts.unknownOutcome}</p>}
        </li>
      ))}
    </ul>
  );
}

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
