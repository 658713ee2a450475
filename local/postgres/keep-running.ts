import { type Postmaster, shutDown } from "./postmaster.ts";

/** A server that is started again when it ends, until it is stopped. */
export interface KeptServer {
  stop(): Promise<void>;
}

interface KeepRunningOptions {
  /** On the same port: whoever uses the server goes on. */
  startAgain: () => Promise<Postmaster>;
  /** For the person who has to find out why it ends. */
  logPath: string;
  log: (line: string) => void;
}

/** So often within so long; what ends it more often has to be mended by hand. */
const maxRestarts = 3;
const withinMs = 60_000;

export function keepRunning(first: Postmaster, options: KeepRunningOptions): KeptServer {
  const { startAgain, logPath, log } = options;
  const advice = `Its log is ${logPath}. Ctrl-C, then start again`;
  /** Undefined while none runs: its number may be another program's by the time of the stop. */
  let current: Postmaster | undefined;
  let isStopping = false;
  let restarting = Promise.resolve();
  let recent: number[] = [];
  watch(first);

  function watch(postmaster: Postmaster): void {
    current = postmaster;
    void postmaster.ended.then((how) => {
      restarting = restart(how === undefined ? "ended" : `ended (${how})`);
    });
  }

  async function restart(what: string): Promise<void> {
    if (isStopping) return;
    current = undefined;
    recent = recent.filter((time) => performance.now() - time < withinMs);
    if (recent.length === maxRestarts) {
      log(`Postgres ${what}; ${maxRestarts} restarts in a minute did not help. ${advice}`);
      return;
    }
    recent.push(performance.now());
    log(`Postgres ${what}: starting it again`);
    try {
      watch(await startAgain());
    } catch (error) {
      await restart(`did not start (${lastLineOf(error)})`);
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

/** Of what PostgreSQL wrote: there it says why. */
const lastLineOf = (error: unknown) => String(error).split("\n").at(-1);
