import { type Postmaster, shutDown } from "./postmaster.ts";

/** A server that restarts when it ends, until `stop`. */
export interface KeptServer {
  stop(): Promise<void>;
}

interface KeepRunningOptions {
  /** Starts the server on the same port, so that its clients continue. */
  restart: () => Promise<Postmaster>;
  /** Named in messages, for the person who looks for the reason. */
  logPath: string;
  log: (line: string) => void;
}

/** After 3 restarts within 60 s the server stays down, and a person has to find the reason. */
const maxRestarts = 3;
const restartWindowMs = 60_000;

export function keepRunning(first: Postmaster, options: KeepRunningOptions): KeptServer {
  const { logPath, log } = options;
  const advice = `Its log is ${logPath}. Press Ctrl-C, then start again`;
  /** Undefined while no server runs, because another program may have got its pid since. */
  let current: Postmaster | undefined;
  let isStopping = false;
  let restarting = Promise.resolve();
  let restartTimes: number[] = [];
  watch(first);

  function watch(postmaster: Postmaster): void {
    current = postmaster;
    void postmaster.ended.then((reason) => {
      restarting = restartAfter(reason === undefined ? "ended" : `ended (${reason})`);
    });
  }

  async function restartAfter(event: string): Promise<void> {
    if (isStopping) return;
    current = undefined;
    restartTimes = restartTimes.filter((time) => performance.now() - time < restartWindowMs);
    if (restartTimes.length === maxRestarts) {
      log(`Postgres ${event}; ${maxRestarts} restarts in a minute did not help. ${advice}`);
      return;
    }
    restartTimes.push(performance.now());
    log(`Postgres ${event}: restarting`);
    try {
      watch(await options.restart());
    } catch (error) {
      await restartAfter(`did not start (${lastLineOf(error)})`);
    }
  }

  return {
    async stop() {
      isStopping = true;
      await restarting;
      if (current) await shutDown(current);
    },
  };
}

/** PostgreSQL writes the reason in its last line. */
const lastLineOf = (error: unknown) => String(error).split("\n").at(-1);
