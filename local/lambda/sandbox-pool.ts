import type { FunctionResponse, Sandbox } from "./sandbox.ts";

/** The processes of one function: as many as it has concurrent invocations, idle ones used again. */
export interface SandboxPool {
  /** @throws InvocationFailed when the function fails before its answer begins */
  invoke(event: unknown): Promise<FunctionResponse>;
  /** SIGKILL to every process; how many there were. */
  kill(): Promise<number>;
  /** SIGSTOP to every process that answers; the next invocations run in others. */
  freeze(): FrozenProcesses;
  /** No process that runs now is used for another invocation: idle ones end, busy ones when they are done. */
  retire(): Promise<void>;
}

/** Processes that stand still, until they are told to go on as if no time had passed. */
export interface FrozenProcesses {
  count: number;
  thaw(): void;
}

type Start = (onIdle: () => void, onExit: () => void) => Sandbox;

/** An idle process ends after this long, in Lambda as here. */
const idleMs = 300_000;

export function openSandboxPool(start: Start): SandboxPool {
  const all = new Set<Sandbox>();
  const retired = new WeakSet<Sandbox>();
  /** The one used last is used next, so that a surplus is left alone and ends. */
  const idle: { sandbox: Sandbox; expiry: NodeJS.Timeout }[] = [];

  function add(): Sandbox {
    const sandbox = start(
      () => rest(sandbox),
      () => forget(sandbox),
    );
    all.add(sandbox);
    return sandbox;
  }

  function rest(sandbox: Sandbox): void {
    if (retired.has(sandbox)) return void sandbox.kill();
    const expiry = setTimeout(() => void sandbox.kill(), idleMs).unref();
    idle.push({ sandbox, expiry });
  }

  function forget(sandbox: Sandbox): void {
    all.delete(sandbox);
    const index = idle.findIndex((entry) => entry.sandbox === sandbox);
    if (index >= 0) clearTimeout(idle.splice(index, 1)[0]?.expiry);
  }

  function takeIdle(): Sandbox | undefined {
    const entry = idle.pop();
    clearTimeout(entry?.expiry);
    return entry?.sandbox;
  }

  return {
    invoke: (event) => (takeIdle() ?? add()).invoke(event),
    async kill() {
      const running = [...all];
      await Promise.all(running.map((sandbox) => sandbox.kill()));
      return running.length;
    },
    freeze() {
      const frozen = [...all].filter((sandbox) => sandbox.freeze());
      const thaw = () => {
        for (const sandbox of frozen) sandbox.thaw();
      };
      return { count: frozen.length, thaw };
    },
    async retire() {
      for (const sandbox of all) retired.add(sandbox);
      const resting = idle.map(({ sandbox }) => sandbox);
      await Promise.all(resting.map((sandbox) => sandbox.kill()));
    },
  };
}
