import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { CallMessage, ReplyMessage } from "./calls.ts";
import type { Usage } from "./usage.ts";

/** A process that the benchmark started. */
export interface Program {
  /** Calls a function of the process. @throws Error with the stack of the other process */
  call<Result>(name: string, argument?: unknown): Promise<Result>;
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

interface ProgramOptions {
  /** Absolute path of the program. */
  file: string;
  arguments?: readonly string[];
  environment?: NodeJS.ProcessEnv;
  nodeOptions?: readonly string[];
}

/** Starts a program with Node. Its output is read and dropped; the last lines of its errors appear if it ends early. */
export function startProgram(options: ProgramOptions): Program {
  const { file, arguments: programArguments = [], environment = {}, nodeOptions = [] } = options;
  const preload = ["--import", join(import.meta.dirname, "usage.ts")];
  const child = spawn(process.execPath, [...preload, ...nodeOptions, file, ...programArguments], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { PATH: process.env.PATH, ...environment },
  });
  child.stdout?.resume();
  let errors = "";
  child.stderr?.on("data", (data: Buffer) => {
    errors = (errors + String(data)).slice(-4_000);
  });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let calls = 0;
  child.on("message", ({ id, result, error }: ReplyMessage) => {
    const call = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) call?.resolve(result);
    else call?.reject(new Error(`${file}: ${error}`));
  });
  child.once("exit", (code, signal) => {
    const ended = new Error(`${file} ended with ${signal ?? code}.\n${errors}`);
    for (const call of waiting.values()) call.reject(ended);
    waiting.clear();
  });

  const program: Program = {
    call<Result>(name: string, argument?: unknown) {
      const call = Promise.withResolvers<unknown>();
      if (!child.connected) {
        return Promise.reject(new Error(`${file} has ended.\n${errors}`));
      }
      calls += 1;
      waiting.set(calls, call);
      const message: CallMessage = { id: calls, name, argument };
      child.send(message);
      return call.promise as Promise<Result>;
    },
    usage: () => program.call<Usage>("usage"),
    stop: () => end(child),
  };
  return program;
}

/** Closes the channel, on which the process ends itself, and kills it if it does not. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
  if (child.connected) child.disconnect();
  await exited;
  clearTimeout(timer);
}
