import type { ChildProcess } from "node:child_process";
import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";

/** What all processes of one function write, a line at a time, in one file. */
export interface FunctionLog {
  line(text: string): void;
  /** Takes over the output of a process. */
  follow(child: ChildProcess): void;
  close(): Promise<void>;
}

/** Begins the file anew. `onError` gets a short line for each error that the function has logged. */
export function openFunctionLog(path: string, onError: (summary: string) => void): FunctionLog {
  const file = createWriteStream(path, { flags: "w" });
  const line = (text: string) => {
    // The last words of a process may come when the log is closed already.
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

/** Our functions log JSON; of an error its event and its class, the rest stays in the file. */
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
