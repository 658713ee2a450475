import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openFunctionLog } from "./function-log.ts";
import {
  type FunctionResponse,
  type FunctionSettings,
  InvocationFailed,
  startSandbox,
} from "./sandbox.ts";
import { type FrozenProcesses, openSandboxPool } from "./sandbox-pool.ts";

/** Stands in for Lambda: runs each concurrent invocation in its own process. */
export interface LambdaHost {
  /** @throws InvocationFailed when the function fails before its response begins */
  invoke(name: string, event: unknown): Promise<FunctionResponse>;
  /** Sends SIGKILL to every process of the function. Returns the number of processes. */
  kill(name: string): Promise<number>;
  /** Sends SIGKILL to the process with this access key. Returns false if there is none. */
  killOne(accessKeyId: string): Promise<boolean>;
  /** Sends SIGSTOP to every process of the function that handles an invocation. */
  freeze(name: string): FrozenProcesses;
  /** The next invocations load the bundles again. Running invocations continue. */
  retire(): Promise<void>;
  stop(): Promise<void>;
}

interface LambdaHostOptions {
  functions: readonly FunctionSettings[];
  /** Variables of every function, beside those that Lambda sets. */
  environment: Record<string, string>;
  /** Each process has an access key of its own. False if the functions call the real AWS. Default: true. */
  hasOwnKeys?: boolean | undefined;
  /** Returns a promise for a function whose bundle is not yet on disk. Invocations of the function wait for it. */
  bundling?: ((name: string) => Promise<void> | undefined) | undefined;
  /** Folder with one log file per function. Every start truncates the files. */
  logsDirectory: string;
  /** Called with a short line for each error that a function logs. */
  onError?: ((line: string) => void) | undefined;
}

export function startLambdaHost(options: LambdaHostOptions): LambdaHost {
  const { environment, logsDirectory, hasOwnKeys = true } = options;
  const { bundling = () => undefined, onError = () => {} } = options;
  mkdirSync(logsDirectory, { recursive: true });
  const hosted = new Map(
    options.functions.map((settings) => {
      const { name } = settings;
      const log = openFunctionLog(join(logsDirectory, `${name}.log`), (summary) =>
        onError(`${name}: ${summary}`),
      );
      const pool = openSandboxPool((onIdle, onExit) =>
        startSandbox({ settings, environment, hasOwnKey: hasOwnKeys, log, onIdle, onExit }),
      );
      return [name, { pool, log }];
    }),
  );
  const find = (name: string) => {
    const found = hosted.get(name);
    if (!found) throw new Error(`There is no function ${name}.`);
    return found;
  };
  return {
    async invoke(name, event) {
      const { pool } = find(name);
      const waiting = bundling(name);
      // Without a wait, the process has the invocation before `invoke` returns: `freeze` and `retire` then find it busy.
      if (waiting) await waiting.catch(failWithoutBundle);
      return pool.invoke(event);
    },
    kill: async (name) => find(name).pool.kill(),
    async killOne(accessKeyId) {
      const kills = [...hosted.values()].map(({ pool }) => pool.killOne(accessKeyId));
      return (await Promise.all(kills)).includes(true);
    },
    freeze: (name) => find(name).pool.freeze(),
    async retire() {
      await Promise.all([...hosted.values()].map(({ pool }) => pool.retire()));
    },
    async stop() {
      await Promise.all(
        [...hosted.values()].map(async ({ pool, log }) => {
          await pool.kill();
          await log.close();
        }),
      );
    },
  };
}

function failWithoutBundle({ message }: Error): never {
  throw new InvocationFailed({ errorType: "Runtime.NoBundle", errorMessage: message });
}
