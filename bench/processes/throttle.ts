import { parentPort, Worker, workerData } from "node:worker_threads";

const periodMs = 20;

export interface Throttle {
  stop(): Promise<void>;
}

/**
 * Lets a process run for `share` of the time: SIGSTOP and SIGCONT, 50 times a second. A thread of its own keeps the
 * rhythm while this thread is busy.
 */
export function throttle(pid: number, share: number): Throttle {
  const state = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL(import.meta.url), { workerData: { pid, share, state } });
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  worker.once("exit", () => resolve());
  // The process has ended, which its owner notices.
  worker.on("error", () => {});
  return {
    async stop() {
      Atomics.store(state, 0, 1);
      Atomics.notify(state, 0);
      await ended;
    },
  };
}

/** Measures each pause, and shortens the next one by what a busy machine added to the last. */
function keepRhythm({ pid, share, state }: { pid: number; share: number; state: Int32Array }) {
  const isStopped = () => Atomics.load(state, 0) === 1;
  const wait = (ms: number) => void Atomics.wait(state, 0, 0, ms);
  const startedAt = performance.now();
  let pausedMs = 0;
  while (!isStopped()) {
    wait(periodMs * share);
    const dueMs = (performance.now() - startedAt - pausedMs) * (1 / share - 1) - pausedMs;
    if (isStopped() || dueMs < 1) continue;
    const pausedAt = performance.now();
    process.kill(pid, "SIGSTOP");
    wait(dueMs);
    process.kill(pid, "SIGCONT");
    pausedMs += performance.now() - pausedAt;
  }
}

if (parentPort) keepRhythm(workerData);
