import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { FunctionLog } from "./function-log.ts";
import type { FromSandbox, FunctionError, ToSandbox } from "./messages.ts";
import { ResponseBody } from "./response-body.ts";

/** One function as the host runs it. */
export interface FunctionSettings {
  name: string;
  /** The file of its bundle, absolute, and the name of the handler that it exports. */
  bundle: string;
  exportName: string;
  timeoutSeconds: number;
  memoryMb: number;
}

/** What a function answers: its result as JSON, or a stream of bytes. */
export type FunctionResponse =
  | { kind: "buffered"; payload: string }
  /** Whoever does not read to the end calls `body.return()`. An error of `body` cuts the answer. */
  | { kind: "streamed"; body: ResponseBody };

/** The function has failed before its first byte. */
export class InvocationFailed extends Error {
  override readonly name = "InvocationFailed";
  constructor({ errorType, errorMessage }: FunctionError) {
    super(`${errorType}: ${errorMessage}`);
  }
}

/** One process that answers one invocation at a time, and its life. */
export interface Sandbox {
  /** The answer, as soon as it begins. @throws InvocationFailed */
  invoke(event: unknown): Promise<FunctionResponse>;
  /** SIGKILL: whoever waits for an answer sees it cut. */
  kill(): Promise<void>;
  /** SIGSTOP while it answers; false when it rests. */
  freeze(): boolean;
  /** SIGCONT. */
  thaw(): void;
}

interface SandboxOptions {
  settings: FunctionSettings;
  environment: Record<string, string>;
  log: FunctionLog;
  /** Called after each invocation that leaves the process fit for another. */
  onIdle(): void;
  onExit(): void;
}

export function startSandbox(options: SandboxOptions): Sandbox {
  const { settings, log, onIdle, onExit } = options;
  const child = spawnRuntime(options);
  const ready = Promise.withResolvers<void>();
  let current: OpenInvocation | undefined;

  const settle = (error?: FunctionError) => {
    clearTimeout(current?.timer);
    clearTimeout(current?.ending);
    if (current?.ending) current.answer.end();
    if (error) current?.answer.fail(error);
    current = undefined;
  };
  child.on("message", (message: FromSandbox) => {
    if (message.type === "ready") ready.resolve();
    else if (message.type === "chunk") current?.answer.chunk(Buffer.from(message.data));
    else if (message.type === "stream-end") endSoon(current);
    else if (current) {
      if (message.type === "done" && message.payload !== undefined)
        current?.answer.whole(message.payload);
      settle(message.type === "failed" ? message.error : undefined);
      onIdle();
    }
  });
  const end = (reason: string) => {
    settle({ errorType: "Runtime.ExitError", errorMessage: `${settings.name} ended: ${reason}` });
    onExit();
  };
  child.once("exit", (code, signal) => end(signal ?? `exit code ${code}`));
  child.once("error", (error) => end(error.message));

  return {
    invoke(event) {
      const deadline = Date.now() + settings.timeoutSeconds * 1_000;
      const answer = openAnswer(() => tell(child, { type: "more" }));
      const timer = setTimeout(() => {
        const errorMessage = `Task timed out after ${settings.timeoutSeconds} seconds`;
        log.line(errorMessage);
        settle({ errorType: "Sandbox.Timedout", errorMessage });
        child.kill("SIGKILL");
      }, deadline - Date.now());
      current = { answer, timer };
      void ready.promise.then(() =>
        tell(child, { type: "invoke", requestId: randomUUID(), event, deadline }),
      );
      return answer.begun;
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      // Unlike "exit" it comes after the last line of the log.
      const closed = once(child, "close");
      child.kill("SIGKILL");
      await closed;
    },
    freeze: () => current !== undefined && child.kill("SIGSTOP"),
    thaw: () => void child.kill("SIGCONT"),
  };
}

interface OpenInvocation {
  answer: ReturnType<typeof openAnswer>;
  timer: NodeJS.Timeout;
  ending?: NodeJS.Timeout;
}

/** Most handlers settle within a millisecond of their stream's end; a client that comes again at once then finds it idle. */
const settleMs = 20;

function endSoon(invocation: OpenInvocation | undefined): void {
  if (invocation) invocation.ending = setTimeout(() => invocation.answer.end(), settleMs);
}

/** The host's end of an answer, which begins with its first byte. */
function openAnswer(requestMore: () => void) {
  const begun = Promise.withResolvers<FunctionResponse>();
  const body = new ResponseBody(requestMore);
  const stream = () => begun.resolve({ kind: "streamed", body });
  return {
    begun: begun.promise,
    whole: (payload: string) => begun.resolve({ kind: "buffered", payload }),
    chunk(data: Buffer) {
      stream();
      body.push(data);
    },
    end() {
      stream();
      body.end();
    },
    fail(error: FunctionError) {
      const failure = new InvocationFailed(error);
      begun.reject(failure);
      body.end(failure);
    },
  };
}

/** A function's own variables, and those that Lambda adds. */
export function lambdaEnvironment(
  settings: FunctionSettings,
  environment: Record<string, string>,
): NodeJS.ProcessEnv {
  return {
    ...environment,
    PATH: process.env.PATH,
    TZ: ":UTC",
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    AWS_LAMBDA_FUNCTION_NAME: settings.name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${settings.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: "local",
    LAMBDA_TASK_ROOT: dirname(settings.bundle),
  };
}

function spawnRuntime({ settings, environment, log }: SandboxOptions): ChildProcess {
  const runtime = fileURLToPath(new URL("./runtime.ts", import.meta.url));
  const child = spawn(process.execPath, [runtime, settings.bundle, settings.exportName], {
    cwd: dirname(settings.bundle),
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    serialization: "advanced",
    env: lambdaEnvironment(settings, environment),
  });
  log.follow(child);
  return child;
}

function tell(child: ChildProcess, message: ToSandbox): void {
  // A child that has just died is noticed by its exit.
  if (child.connected) child.send(message, () => {});
}
