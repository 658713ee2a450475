import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DeployedFunction } from "#local/deployment.ts";
import type { LambdaHost } from "./lambda-host.ts";

/** Lambda waits one minute before it repeats a failed event for the first time, and two before the second time. */
const lambdaRetryMs = [60_000, 120_000];

export interface EventQueueOptions {
  functions: readonly Pick<DeployedFunction, "name" | "retryAttempts" | "eventAgeSeconds">[];
  host: Pick<LambdaHost, "invoke">;
  retryMs?: readonly number[] | undefined;
  /** Keeps the events over a stop, also after SIGKILL. Without a folder a stop loses them. */
  folder?: string | undefined;
  /** Called with a short line for each event that is dropped. */
  log: (line: string) => void;
}

/**
 * Lambda's queue of asynchronous invocations. Repeats an event whose run has failed, timed out or lost its process, as
 * often and for as long as the function's settings say, and then drops the event. An event that a stopped twin has left
 * runs again after the next start, as one whose process was lost.
 */
export interface EventQueue {
  has(functionName: string): boolean;
  /** Returns when the event is stored. */
  add(functionName: string, event: unknown): void;
  close(): void;
}

interface StoredEvent {
  functionName: string;
  event: unknown;
  addedAt: number;
}

export function openEventQueue(options: EventQueueOptions): EventQueue {
  const { host, retryMs = lambdaRetryMs, log, folder } = options;
  const functions = new Map(options.functions.map((settings) => [settings.name, settings]));
  const waiting = new Set<NodeJS.Timeout>();
  let isClosed = false;

  const files = folder === undefined ? undefined : openEventFiles(folder);

  async function run(id: string, stored: StoredEvent, retries: number) {
    try {
      const response = await host.invoke(stored.functionName, stored.event);
      // Nobody reads the response of an event.
      if (response.kind === "streamed") for await (const _ of response.body);
      files?.remove(id);
    } catch (error) {
      if (!isClosed) repeat(id, stored, retries, error);
    }
  }

  function repeat(id: string, stored: StoredEvent, retries: number, error: unknown) {
    const { functionName: name, addedAt } = stored;
    const { retryAttempts = 0, eventAgeSeconds = 0 } = functions.get(name) ?? {};
    const waitMs = retryMs[retries] ?? retryMs.at(-1) ?? 0;
    const isTooOld = Date.now() + waitMs - addedAt > eventAgeSeconds * 1_000;
    if (retries >= retryAttempts || isTooOld) {
      const reason = error instanceof Error ? error.message : String(error);
      files?.remove(id);
      return log(`${name}: dropped an event after ${retries + 1} runs: ${reason}`);
    }
    const timer = setTimeout(() => {
      waiting.delete(timer);
      void run(id, stored, retries + 1);
    }, waitMs);
    waiting.add(timer);
  }

  for (const [id, stored] of files?.read() ?? []) {
    if (functions.has(stored.functionName)) void run(id, stored, 0);
    else files?.remove(id);
  }

  return {
    has: (functionName) => functions.has(functionName),
    add(functionName, event) {
      const id = randomUUID();
      const stored = { functionName, event, addedAt: Date.now() };
      files?.write(id, stored);
      void run(id, stored, 0);
    },
    close() {
      isClosed = true;
      for (const timer of waiting) clearTimeout(timer);
    },
  };
}

function openEventFiles(folder: string) {
  mkdirSync(folder, { recursive: true });
  const pathOf = (id: string) => join(folder, `${id}.json`);
  return {
    write(id: string, stored: StoredEvent) {
      const unfinished = join(folder, id);
      writeFileSync(unfinished, JSON.stringify(stored));
      renameSync(unfinished, pathOf(id));
    },
    remove: (id: string) => rmSync(pathOf(id), { force: true }),
    read(): [id: string, StoredEvent][] {
      return readdirSync(folder).flatMap((name) => {
        const [, id = ""] = /^(.+)\.json$/.exec(name) ?? [];
        if (id === "") {
          // A crash cut the write off, and nobody was told that the event had been accepted.
          rmSync(join(folder, name));
          return [];
        }
        return [[id, JSON.parse(readFileSync(pathOf(id), "utf8"))]];
      });
    },
  };
}
