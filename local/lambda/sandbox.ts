import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { FunctionLog } from "./function-log.ts";
import type { FromSandbox, FunctionError, ToSandbox } from "./messages.ts";
import { ResponseBody } from "./response-body.ts";

/** Settings of one function. */
export interface FunctionSettings {
  name: string;
  /** Absolute path of the bundle. */
  bundle: string;
  /** Name under which the bundle exports its handler. */
  exportName: string;
  timeoutSeconds: number;
  memoryMb: number;
}

/** The response of a function: its result as JSON, or a stream of bytes. */
export type FunctionResponse =
  | { kind: "buffered"; payload: string }
  /** A caller that stops reading must call `body.return()`. */
  | { kind: "streamed"; body: ResponseBody };

/** A function failed. Thrown before its first byte, or by its body after it. */
export class InvocationFailed extends Error {
  override readonly name = "InvocationFailed";
  constructor({ errorType, errorMessage }: FunctionError) {
    super(`${errorType}: ${errorMessage}`);
  }
}

/** One process that runs one invocation at a time. */
export interface Sandbox {
  /** Lambda gives each execution environment credentials of its own. By this key another stand-in knows its caller. */
  accessKeyId: string;
  /** Resolves when the response begins. @throws InvocationFailed */
  invoke(event: unknown): Promise<FunctionResponse>;
  /** Sends SIGKILL. The open response ends with InvocationFailed. */
  kill(): Promise<void>;
  /** Sends SIGSTOP to a busy process. Returns false if the process is idle. */
  freeze(): boolean;
  /** Sends SIGCONT. */
  thaw(): void;
}

interface SandboxOptions {
  settings: FunctionSettings;
  environment: Record<string, string>;
  /** The functions sign with their own access key. False if they call the real AWS. */
  hasOwnKey: boolean;
  log: FunctionLog;
  /** Called after each invocation, when the process can run another. */
  onIdle(): void;
  onExit(): void;
}

export function startSandbox(options: SandboxOptions): Sandbox {
  const { settings, log, onIdle, onExit } = options;
  const accessKeyId = `LOCAL${randomUUID().replaceAll("-", "").slice(0, 15).toUpperCase()}`;
  const child = spawnRuntime(options, accessKeyId);
  const ready = Promise.withResolvers<void>();
  let current: OpenInvocation | undefined;

  const settle = (error?: FunctionError) => {
    clearTimeout(current?.timer);
    clearTimeout(current?.ending);
    if (current?.ending) current.response.end();
    if (error) current?.response.fail(error);
    current = undefined;
  };
  child.on("message", (message: FromSandbox) => {
    if (message.type === "ready") ready.resolve();
    else if (message.type === "chunk") current?.response.chunk(Buffer.from(message.data));
    else if (message.type === "stream-end") endSoon(current);
    else if (current) {
      if (message.type === "done" && message.payload !== undefined)
        current?.response.whole(message.payload);
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
    accessKeyId,
    invoke(event) {
      const deadline = Date.now() + settings.timeoutSeconds * 1_000;
      const response = openResponse(() => send(child, { type: "more" }));
      const timer = setTimeout(() => {
        const errorMessage = `Task timed out after ${settings.timeoutSeconds} seconds`;
        log.line(errorMessage);
        settle({ errorType: "Sandbox.Timedout", errorMessage });
        child.kill("SIGKILL");
      }, deadline - Date.now());
      current = { response, timer };
      void ready.promise.then(() =>
        send(child, { type: "invoke", requestId: randomUUID(), event, deadline }),
      );
      return response.begun;
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      // Unlike "exit", "close" comes after the last line of the log.
      const closed = once(child, "close");
      child.kill("SIGKILL");
      await closed;
    },
    freeze: () => current !== undefined && child.kill("SIGSTOP"),
    thaw: () => void child.kill("SIGCONT"),
  };
}

interface OpenInvocation {
  response: ReturnType<typeof openResponse>;
  timer: NodeJS.Timeout;
  ending?: NodeJS.Timeout;
}

/**
 * Waits for the handler to settle before the client sees the end of the stream. Most handlers settle within 1 ms, so
 * a client's next request finds the process idle.
 */
const settleMs = 20;

function endSoon(invocation: OpenInvocation | undefined): void {
  if (invocation) invocation.ending = setTimeout(() => invocation.response.end(), settleMs);
}

/** Returns the host's side of a response. The response begins with its first byte. */
function openResponse(requestMore: () => void) {
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

/** Returns the given variables and those that Lambda adds. */
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

function spawnRuntime(
  { settings, environment, hasOwnKey, log }: SandboxOptions,
  accessKeyId: string,
): ChildProcess {
  const runtime = fileURLToPath(new URL("./runtime.ts", import.meta.url));
  const child = spawn(process.execPath, [runtime, settings.bundle, settings.exportName], {
    cwd: dirname(settings.bundle),
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    serialization: "advanced",
    env: {
      ...lambdaEnvironment(settings, environment),
      ...(hasOwnKey && { AWS_ACCESS_KEY_ID: accessKeyId }),
    },
  });
  log.follow(child);
  return child;
}

function send(child: ChildProcess, message: ToSandbox): void {
  // If the child has just died, its "exit" event reports that.
  if (child.connected) child.send(message, () => {});
}
