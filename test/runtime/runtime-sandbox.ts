import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { dirname } from "node:path";
import { buffer } from "node:stream/consumers";
import { listen } from "#local/http/listen.ts";
import { ResponseBody } from "#local/lambda/response-body.ts";
import {
  type FunctionResponse,
  type FunctionSettings,
  InvocationFailed,
  lambdaEnvironment,
} from "#local/lambda/sandbox.ts";

/** One process under AWS's runtime client, stopped while idle. */
export interface RuntimeSandbox {
  readonly pid: number | undefined;
  invoke(event: unknown): Promise<FunctionResponse>;
  stop(): Promise<void>;
}

interface Options {
  client: string;
  settings: FunctionSettings;
  environment: Record<string, string>;
  onIdle(): void;
  onExit(): void;
  onOutput(text: string): void;
}

interface Invocation {
  id: string;
  event: string;
  response: PromiseWithResolvers<FunctionResponse>;
  body: ResponseBody;
}

const api = "/2018-06-01/runtime";

/** Serves the Lambda Runtime API to one process: the process fetches an event, sends its response, fetches the next. */
export async function startRuntimeSandbox(options: Options): Promise<RuntimeSandbox> {
  let next: ServerResponse | undefined;
  let current: Invocation | undefined;

  const deliver = () => {
    if (!next || !current) return;
    child.kill("SIGCONT");
    const deadline = Date.now() + options.settings.timeoutSeconds * 1_000;
    next.writeHead(200, {
      "content-type": "application/json",
      "lambda-runtime-aws-request-id": current.id,
      "lambda-runtime-deadline-ms": String(deadline),
      "lambda-runtime-invoked-function-arn": `arn:aws:lambda:us-east-1:000000000000:function:${options.settings.name}`,
      "lambda-runtime-trace-id": "Root=1-0-0;Sampled=0",
    });
    next.end(current.event);
    next = undefined;
  };
  const fail = (errorType: string, errorMessage: string) => {
    const failure = new InvocationFailed({ errorType, errorMessage });
    current?.response.reject(failure);
    current?.body.end(failure);
  };

  const server = await listen(async (request, response) => {
    if (request.url === `${api}/invocation/next`) {
      next = response;
      const wasBusy = current !== undefined && current.event === "";
      if (wasBusy) current = undefined;
      if (current) return deliver();
      // Lambda freezes an idle process, so its timers do not run.
      child.kill("SIGSTOP");
      if (wasBusy) options.onIdle();
      return;
    }
    if (request.url?.endsWith("/response")) await receiveResponse(request, current);
    else {
      const { errorType, errorMessage } = JSON.parse(String(await buffer(request)));
      fail(errorType, errorMessage);
    }
    if (current) current.event = "";
    response.writeHead(202, { "content-type": "application/json" }).end("{}");
  });
  const child = spawnClient(options, server.port);
  child.once("exit", (code, signal) => {
    fail("Runtime.ExitError", `ended with ${signal ?? code}`);
    options.onExit();
  });

  return {
    pid: child.pid,
    invoke(event) {
      current = {
        id: randomUUID(),
        event: JSON.stringify(event),
        response: Promise.withResolvers(),
        body: new ResponseBody(() => {}),
      };
      deliver();
      return current.response.promise;
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const closed = once(child, "close");
        child.kill("SIGKILL");
        await closed;
      }
      await server.close();
    },
  };
}

/** Receives a response of the process. An error after the first byte comes in the trailers. */
async function receiveResponse(request: IncomingMessage, invocation: Invocation | undefined) {
  if (!invocation) throw new Error("The process sent a response without an invocation.");
  const { response, body } = invocation;
  if (request.headers["lambda-runtime-function-response-mode"] !== "streaming") {
    response.resolve({ kind: "buffered", payload: String(await buffer(request)) });
    return;
  }
  response.resolve({ kind: "streamed", body });
  for await (const chunk of request) body.push(chunk);
  const errorType = request.trailers["lambda-runtime-function-error-type"];
  body.end(
    errorType === undefined
      ? undefined
      : new InvocationFailed({ errorType, errorMessage: "in the trailers" }),
  );
}

function spawnClient(
  { client, settings, environment, onOutput }: Options,
  port: number,
): ChildProcess {
  const child = spawn(process.execPath, [client, `index.${settings.exportName}`], {
    cwd: dirname(settings.bundle),
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...lambdaEnvironment(settings, environment),
      _HANDLER: `index.${settings.exportName}`,
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
    },
  });
  for (const output of [child.stdout, child.stderr]) {
    output.on("data", (data: Buffer) => onOutput(String(data)));
  }
  return child;
}
