import type { ChildProcess } from "node:child_process";
import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";

/** The log file of one function. All processes of the function write to the same file. */
export interface FunctionLog {
  line(text: string): void;
  /** Copies stdout and stderr of a process into the log. */
  follow(child: ChildProcess): void;
  close(): Promise<void>;
}

/** Truncates the file. Calls `onError` with a short line for each error that the function logs. */
export function openFunctionLog(path: string, onError: (summary: string) => void): FunctionLog {
  const file = createWriteStream(path, { flags: "w" });
  const line = (text: string) => {
    // A process that ends may write after the log has closed.
    if (file.writable) file.write(`${text}\n`);
  };
  return {
    line,
    follow({ stdout, stderr }) {
      for (const output of [stdout, stderr]) {
        if (!output) continue;
        createInterface({ input: output }).on("line", (text) => {
          line(text);
          const summary = summarizeError(text);
          if (summary !== undefined) onError(summary);
        });
      }
    },
    close: () => new Promise((resolve) => file.end(resolve)),
  };
}

/** Returns event and class of a logged error, or undefined for any other line. Our functions log JSON. */
function summarizeError(text: string): string | undefined {
  if (!text.startsWith("{")) return /^(\w*Error)\b/.exec(text)?.[1];
  try {
    const entry = JSON.parse(text);
    if (entry.level !== "ERROR") return undefined;
    return [entry.message, entry.error?.name].filter(Boolean).join(": ");
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
