import { type ChildProcess, fork } from "node:child_process";
import { readFileSync } from "node:fs";
import type { ChunkedDocument } from "#lib/documents/chunking/chunk-document.ts";
import { childEnvironment } from "#lib/platform/config.ts";
import { DocumentFault, type DocumentFile, type ReadLimits, readLimits } from "./document-file.ts";
import type { Outcome, Reading } from "./reading-process.ts";

const millisecondsBetweenMemoryChecks = 100;
const bytesPerPage = 4_096;

/**
 * Reads a file and cuts it into passages, in a process of its own. A process takes as long to start as a thread, 25 ms, and
 * 25 MB take 45 ms more. But a thread that asks for too much memory at once ends the whole function: V8 ends the process
 * if a single allocation goes beyond the thread's limit.
 * @throws DocumentFault with a sentence for the person if the file cannot be read; its cause is for the log
 * @throws the signal's reason
 */
export async function readDocument(
  file: DocumentFile,
  limits: ReadLimits = readLimits,
  signal?: AbortSignal,
): Promise<ChunkedDocument> {
  const { readingProgram, unreadable } = await import("./reading-process.ts");
  signal?.throwIfAborted();
  const child = fork(readingProgram, {
    serialization: "advanced",
    // A parser needs no credentials, starts no programs and writes no files.
    env: childEnvironment(),
    execArgv: [
      `--max-old-space-size=${limits.megabytes}`,
      ...["--permission", "--allow-fs-read=*", "--disable-warning=SecurityWarning"],
    ],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  return await new Promise<ChunkedDocument>((resolve, reject) => {
    const fail = (error: unknown) => {
      stop();
      reject(error);
    };
    const abort = () => fail(signal?.reason);
    const timeout = setTimeout(() => {
      fail(new DocumentFault(`The file takes longer to read than ${secondsOf(limits)} seconds.`));
    }, limits.milliseconds);
    const memoryCheck = setInterval(() => {
      if (megabytesOf(child) > limits.megabytes) fail(tooMuchMemory(limits));
    }, millisecondsBetweenMemoryChecks);
    signal?.addEventListener("abort", abort);
    function stop() {
      clearTimeout(timeout);
      clearInterval(memoryCheck);
      signal?.removeEventListener("abort", abort);
      child.kill("SIGKILL");
    }
    child.once("message", (outcome: Outcome) => {
      stop();
      if ("document" in outcome) resolve(outcome.document);
      else reject(new DocumentFault(outcome.fault, { cause: outcome.error }));
    });
    child.once("error", fail);
    child.once("exit", (code, killedBy) => {
      // V8 ends a process that reaches its memory limit in this way.
      if (killedBy === "SIGABRT") fail(tooMuchMemory(limits));
      const cause = new Error(`The reading process ended with ${killedBy ?? code}.`);
      fail(new DocumentFault(unreadable, { cause }));
    });
    // If the process has ended already, its exit says why.
    child.send({ file, limits } satisfies Reading, () => undefined);
  });
}

const secondsOf = ({ milliseconds }: ReadLimits) => Math.ceil(milliseconds / 1_000);

const tooMuchMemory = ({ megabytes }: ReadLimits) =>
  new DocumentFault(`The file takes more memory to read than ${megabytes} MB.`);

/**
 * Returns what a process holds in memory, with the buffers that V8's own limit does not count. Returns 0 where there is no
 * `/proc`: on a developer's machine that does not run Linux.
 */
function megabytesOf({ pid }: ChildProcess): number {
  try {
    const [, pages = "0"] = readFileSync(`/proc/${pid}/statm`, "utf8").split(" ");
    return (Number(pages) * bytesPerPage) / 1_000_000;
  } catch {
    return 0;
  }
}
