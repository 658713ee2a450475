import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

/** Prompts on stderr and returns the line that the user types, without echoing it. */
export async function promptHidden(question: string): Promise<string> {
  process.stderr.write(question);
  const discarded = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: discarded, terminal: true });
  try {
    return await terminal.question("");
  } finally {
    terminal.close();
    process.stderr.write("\n");
  }
}
