import { relative } from "node:path";
import { rebuildOnChange } from "./rebuild-on-change.ts";
import { readSettings, unusedSettings } from "./settings.ts";
import { startTwin, type Twin } from "./twin.ts";

/** Runs the twin for a person: says what comes up and where, and stops all of it on Ctrl-C; a second one does not wait. */
export async function runTwin({ watch }: { watch: boolean }): Promise<void> {
  const interrupted = waitForInterrupt();
  const startedAt = performance.now();
  console.log("Enterprise Agentic AI on this machine\n");
  try {
    const twin = await startTwin({
      ...readSettings(process.env),
      onPart: (part, where) => {
        const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
        console.log(
          `  ${part.padEnd(16)} ${seconds.padStart(4)} s  ${withoutCurrentFolder(where)}`,
        );
      },
      onNote: (line) => console.log(`  ${line}`),
    });
    for (const line of unusedSettings(process.env, twin.model.provider)) console.log(`  ${line}`);
    console.log(describe(twin));
    const watching = watch ? rebuildOnChange(twin) : undefined;
    await interrupted;
    watching?.close();
    await twin.stop();
  } catch (error) {
    console.error(`\n${explain(error)}`);
    process.exitCode = 1;
  }
}

function waitForInterrupt(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let isStopping = false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      if (isStopping) process.exit(1);
      isStopping = true;
      console.log("\nStopping. Once more to leave at once.");
      resolve();
    });
  }
  return promise;
}

function describe({ url, functionUrl, password, model, logsDirectory }: Twin): string {
  return `
  Open      ${url}
  Password  ${password}
  Programs  ${functionUrl}/api/v1/chat
  Model     ${model.modelId}. ${model.reason}
  Logs      ${relative(process.cwd(), logsDirectory)}

  Ctrl-C stops everything.
`;
}

/** Our own errors are sentences for people; of others the place is what helps. */
function explain(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return error.constructor === Error ? error.message : error.stack;
}

function withoutCurrentFolder(text: string): string {
  return text.replaceAll(`${process.cwd()}/`, "");
}
