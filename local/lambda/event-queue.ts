import type { DeployedFunction } from "#local/deployment.ts";
import type { LambdaHost } from "./lambda-host.ts";

/** Lambda waits one minute before it repeats a failed event for the first time, and two before the second time. */
const lambdaRetryMs = [60_000, 120_000];

export interface EventQueueOptions {
  functions: readonly Pick<DeployedFunction, "name" | "retryAttempts" | "eventAgeSeconds">[];
  host: Pick<LambdaHost, "invoke">;
  retryMs?: readonly number[] | undefined;
  /** Called with a short line for each event that is dropped. */
  log: (line: string) => void;
}

/**
 * Lambda's queue of asynchronous invocations. Repeats an event whose run has failed, timed out or lost its process, as
 * often and for as long as the function's settings say, and then drops the event. The queue is memory only: a twin that
 * stops loses its events.
 */
export interface EventQueue {
  has(functionName: string): boolean;
  add(functionName: string, event: unknown): void;
  /** Drops all events that wait. */
  close(): void;
}

export function openEventQueue(options: EventQueueOptions): EventQueue {
  const { host, retryMs = lambdaRetryMs, log } = options;
  const functions = new Map(options.functions.map((settings) => [settings.name, settings]));
  const waiting = new Set<NodeJS.Timeout>();
  let isClosed = false;

  async function run(functionName: string, event: unknown, addedAt: number, retries: number) {
    try {
      const response = await host.invoke(functionName, event);
      // Nobody reads the response of an event.
      if (response.kind === "streamed") for await (const _ of response.body);
    } catch (error) {
      if (!isClosed) repeat(functionName, event, addedAt, retries, error);
    }
  }

  function repeat(name: string, event: unknown, addedAt: number, retries: number, error: unknown) {
    const { retryAttempts = 0, eventAgeSeconds = 0 } = functions.get(name) ?? {};
    const waitMs = retryMs[retries] ?? retryMs.at(-1) ?? 0;
    const isTooOld = Date.now() + waitMs - addedAt > eventAgeSeconds * 1_000;
    if (retries >= retryAttempts || isTooOld) {
      const reason = error instanceof Error ? error.message : String(error);
      return log(`${name}: dropped an event after ${retries + 1} runs: ${reason}`);
    }
    const timer = setTimeout(() => {
      waiting.delete(timer);
      void run(name, event, addedAt, retries + 1);
    }, waitMs);
    waiting.add(timer);
  }

  return {
    has: (functionName) => functions.has(functionName),
    add: (functionName, event) => void run(functionName, event, Date.now(), 0),
    close() {
      isClosed = true;
      for (const timer of waiting) clearTimeout(timer);
    },
  };
}
