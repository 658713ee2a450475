import { relative } from "node:path";
import { rebuildOnChange } from "./rebuild-on-change.ts";
import { readSettings, unusedSettings } from "./settings.ts";
import { startTwin, type Twin } from "./twin.ts";

/** Runs the twin in a terminal: prints each part with its address, and stops the twin on Ctrl-C. A second Ctrl-C exits at once. */
export async function runTwin({ watch }: { watch: boolean }): Promise<void> {
  const interrupted = waitForInterrupt();
  console.log("Enterprise Agentic AI on this machine\n");
  try {
    const twin = await startTwin({
      ...readSettings(process.env),
      onPart: (part, where) => {
        // Since this process started. The page answers from the line of CloudFront on.
        const seconds = (performance.now() / 1_000).toFixed(1);
        console.log(
          `  ${part.padEnd(16)} ${seconds.padStart(4)} s  ${withoutCurrentFolder(where)}`,
        );
      },
      log: (line) => console.log(`  ${line}`),
    });
    try {
      for (const line of unusedSettings(process.env, twin.model.provider)) console.log(`  ${line}`);
      console.log(summaryOf(twin));
      const watching = watch ? rebuildOnChange(twin) : undefined;
      // A function that cannot be bundled ends the twin.
      await Promise.race([interrupted, twin.bundled.then(() => interrupted)]);
      watching?.close();
    } finally {
      await twin.stop();
    }
  } catch (error) {
    console.error(`\n${textOf(error)}`);
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
      console.log("\nStopping. Press Ctrl-C again to exit at once.");
      resolve();
    });
  }
  return promise;
}

function summaryOf(twin: Twin): string {
  const { url, functionUrl, password, operatorPassword, model, logsDirectory } = twin;
  return `
  Open      ${url}
  Password  ${password}
  Operator  ${url}/operator, password ${operatorPassword}
  Programs  ${functionUrl}/api/v1/chat
  Model     ${model.modelId}. ${model.reason}
  Logs      ${relative(process.cwd(), logsDirectory)}

  Press Ctrl-C to stop.
`;
}

/** The message of our own errors, which are plain `Error`s written for the user; the stack of any other error. */
function textOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return error.constructor === Error ? error.message : error.stack;
}

function withoutCurrentFolder(text: string): string {
  return text.replaceAll(`${process.cwd()}/`, "");
}
