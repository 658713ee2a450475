import { toolName } from "#frontend/texts/tool-names.ts";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import type { ToolCall } from "#lib/contract/chat.ts";
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
              <span className={styles.input}>{describeInput(tool.input)}</span>
              <span className={styles.state}>
                {texts.states[stateOf(tool, isTurnOpen)]}
                {tool.duration_ms !== undefined &&
                  tool.duration_ms >= shortestDurationMs &&
                  ` · ${texts.milliseconds(Math.round(tool.duration_ms))}`}
              </span>
            </summary>
            <Exchange
              label={texts.input}
              text={tool.input === undefined ? "" : toJson(tool.input)}
            />
            <Exchange label={texts.note} text={tool.approval?.note ?? ""} />
            <Exchange label={texts.result} text={tool.output ?? ""} />
          </details>
          {tool.state === "unknown" && <p className={styles.unknown}>{texts.unknownOutcome}</p>}
        </li>
      ))}
    </ul>
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

/** Returns the strings and numbers of a tool's input in one line. */
function describeInput(input: unknown): string {
  if (typeof input !== "object" || input === null) return "";
  return Object.values(input)
    .filter((value) => typeof value === "string" || typeof value === "number")
    .join(", ");
}
