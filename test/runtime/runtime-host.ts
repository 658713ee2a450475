import type { FunctionResponse, FunctionSettings } from "#local/lambda/sandbox.ts";
import { type RuntimeSandbox, startRuntimeSandbox } from "./runtime-sandbox.ts";

/** Runs the functions under AWS's runtime client. Replaces the twin's own host behind its gateway. */
export interface RuntimeHost {
  invoke(name: string, event: unknown): Promise<FunctionResponse>;
  /** Returns the pids of a function's processes. */
  pids(name: string): (number | undefined)[];
  /** Returns the output of a function so far. */
  output(name: string): string;
  stop(): Promise<void>;
}

interface Pool {
  all: Set<RuntimeSandbox>;
  idle: RuntimeSandbox[];
  output: string;
}

export function startRuntimeHost(options: {
  client: string;
  functions: readonly FunctionSettings[];
  environment: Record<string, string>;
}): RuntimeHost {
  const pools = new Map<string, Pool>();
  const poolOf = (name: string) => {
    const pool = pools.get(name) ?? { all: new Set(), idle: [], output: "" };
    pools.set(name, pool);
    return pool;
  };
  async function start(name: string, pool: Pool): Promise<RuntimeSandbox> {
    const settings = options.functions.find((candidate) => candidate.name === name);
    if (!settings) throw new Error(`There is no function ${name}.`);
    const sandbox = await startRuntimeSandbox({
      ...options,
      settings,
      onIdle: () => void pool.idle.push(sandbox),
      onExit: () => {
        pool.all.delete(sandbox);
        pool.idle = pool.idle.filter((other) => other !== sandbox);
      },
      onOutput: (text) => {
        pool.output += text;
      },
    });
    pool.all.add(sandbox);
    return sandbox;
  }
  return {
    async invoke(name, event) {
      const pool = poolOf(name);
      const sandbox = pool.idle.pop() ?? (await start(name, pool));
      return sandbox.invoke(event);
    },
    pids: (name) => [...poolOf(name).all].map(({ pid }) => pid),
    output: (name) => poolOf(name).output,
    async stop() {
      const all = [...pools.values()].flatMap((pool) => [...pool.all]);
      await Promise.all(all.map((sandbox) => sandbox.stop()));
    },
  };
}
