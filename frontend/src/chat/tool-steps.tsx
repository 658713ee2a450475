import type { ToolCall } from "#lib/contract/chat.ts";
import styles from "./tool-steps.module.css";

const stateWords = { running: "running", done: "done", failed: "failed" };
const stateMarks = { running: "…", done: "✓", failed: "✕" };

/** Which tools the answer used, in order; what each was given and what it gave back unfolds. */
export function ToolSteps({ tools }: { tools: ToolCall[] }) {
  if (tools.length === 0) return null;
  return (
    <ul className={styles.steps} aria-label="Tools used">
      {tools.map((tool) => (
        <li key={tool.id} className={styles.step} data-state={tool.state}>
          <details>
            <summary className={styles.summary}>
              <span className={styles.mark} aria-hidden="true">
                {stateMarks[tool.state]}
              </span>
              <span className={styles.name}>{toWords(tool.name)}</span>
              <span className={styles.input}>{describeInput(tool.input)}</span>
              <span className={styles.state}>
                {stateWords[tool.state]}
                {tool.duration_ms !== undefined && ` · ${Math.round(tool.duration_ms)} ms`}
              </span>
            </summary>
            <Exchange label="Input" text={tool.input === undefined ? "" : toJson(tool.input)} />
            <Exchange label="Result" text={tool.output ?? ""} />
          </details>
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

/** "current_time" → "Current time" */
function toWords(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The plain values that the tool was called with, in one line. */
function describeInput(input: unknown): string {
  if (typeof input !== "object" || input === null) return "";
  return Object.values(input)
    .filter((value) => typeof value === "string" || typeof value === "number")
    .join(", ");
}
