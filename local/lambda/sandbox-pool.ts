import type { FunctionResponse, Sandbox } from "./sandbox.ts";

/** The processes of one function: one per concurrent invocation. Idle processes are reused. */
export interface SandboxPool {
  /** @throws InvocationFailed when the function fails before its response begins */
  invoke(event: unknown): Promise<FunctionResponse>;
  /** Sends SIGKILL to every process. Returns the number of processes. */
  kill(): Promise<number>;
  /** Sends SIGKILL to the process with this access key. Returns false if there is none. */
  killOne(accessKeyId: string): Promise<boolean>;
  /** Sends SIGSTOP to every busy process. The next invocations run in other processes. */
  freeze(): FrozenProcesses;
  /** Ends idle processes at once, and busy processes after their invocation. New processes run the next invocations. */
  retire(): Promise<void>;
}

/** Stopped processes. After `thaw` they continue as if no time had passed, like a thawed Lambda. */
export interface FrozenProcesses {
  count: number;
  thaw(): void;
}

type Start = (onIdle: () => void, onExit: () => void) => Sandbox;

/** An idle process ends after this time, as in Lambda. */
const idleMs = 300_000;

export function openSandboxPool(start: Start): SandboxPool {
  const all = new Set<Sandbox>();
  const retired = new WeakSet<Sandbox>();
  /** A stack, so that surplus processes stay idle and end. */
  const idle: { sandbox: Sandbox; expiry: NodeJS.Timeout }[] = [];

  function add(): Sandbox {
    const sandbox = start(
      () => markIdle(sandbox),
      () => remove(sandbox),
    );
    all.add(sandbox);
    return sandbox;
  }

  function markIdle(sandbox: Sandbox): void {
    if (retired.has(sandbox)) return void sandbox.kill();
    const expiry = setTimeout(() => void sandbox.kill(), idleMs).unref();
    idle.push({ sandbox, expiry });
  }

  function remove(sandbox: Sandbox): void {
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
    async killOne(accessKeyId) {
      const sandbox = [...all].find((candidate) => candidate.accessKeyId === accessKeyId);
      await sandbox?.kill();
      return sandbox !== undefined;
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
      const idleSandboxes = idle.map(({ sandbox }) => sandbox);
      await Promise.all(idleSandboxes.map((sandbox) => sandbox.kill()));
    },
  };
}
