import { useTexts } from "#frontend/texts/use-texts.tsx";
import { wordFor } from "#frontend/texts/word-for.ts";
import type { ToolCall } from "#lib/contract/chat.ts";
import styles from "./tool-steps.module.css";

const stateMarks = {
  running: "…",
  waiting: "…",
  done: "✓",
  failed: "✕",
  denied: "✕",
  unknown: "?",
};

/** The tool calls of an answer, in order. Each unfolds to its input and output. */
export function ToolSteps({ tools }: { tools: ToolCall[] }) {
  const { tools: texts } = useTexts();
  if (tools.length === 0) return null;
  return (
    <ul className={styles.steps} aria-label={texts.used}>
      {tools.map((tool) => (
        <li key={tool.id} className={styles.step} data-state={tool.state}>
          <details>
            <summary className={styles.summary}>
              <span className={styles.mark} aria-hidden="true">
                {stateMarks[tool.state]}
              </span>
              <span className={styles.name}>
                {wordFor(texts.names, tool.name) ?? toWords(tool.name)}
              </span>
              <span className={styles.input}>{describeInput(tool.input)}</span>
              <span className={styles.state}>
                {texts.states[tool.state]}
                {tool.duration_ms !== undefined &&
                  ` · ${texts.milliseconds(Math.round(tool.duration_ms))}`}
              </span>
            </summary>
            <Exchange
              label={texts.input}
              text={tool.input === undefined ? "" : toJson(tool.input)}
            />
            <Exchange label={texts.result} text={tool.output ?? ""} />
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

/** Returns "Current time" for "current_time": the name of a tool that the page's texts do not know. */
function toWords(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Returns the strings and numbers of a tool's input in one line. */
function describeInput(input: unknown): string {
  if (typeof input !== "object" || input === null) return "";
  return Object.values(input)
    .filter((value) => typeof value === "string" || typeof value === "number")
    .join(", ");
}
