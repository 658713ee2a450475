import { pathToFileURL } from "node:url";
import type { FromSandbox, FunctionError, ToSandbox } from "./messages.ts";
import { awslambda, isStreaming, ResponseStream } from "./response-stream.ts";

// The program of a sandbox. Replaces Lambda's own Node.js runtime: loads the bundle once, then runs one invocation
// after the other. Arguments: the bundle's file and the exported name of its handler.

type Invocation = Extract<ToSandbox, { type: "invoke" }>;
type Handler = (event: unknown, ...rest: unknown[]) => unknown;

const [bundle = "", exportName = ""] = process.argv.slice(2);
const functionName = process.env.AWS_LAMBDA_FUNCTION_NAME ?? "";
let openStream: ResponseStream | undefined;

Object.assign(globalThis, { awslambda });
// Without its host this process would never end.
process.on("disconnect", () => process.exit());
// Ctrl-C reaches every process of the terminal. The host handles it and ends this process.
process.on("SIGINT", () => {});
process.on("message", (message: ToSandbox) => {
  if (message.type === "more") openStream?.resume();
  else void run(message);
});

const handler = await loadHandler();
send({ type: "ready" });

async function loadHandler(): Promise<Handler> {
  const { [exportName]: exported } = await import(pathToFileURL(bundle).href);
  if (typeof exported !== "function") throw new Error(`${bundle} exports no ${exportName}`);
  return exported;
}

async function run(invocation: Invocation): Promise<void> {
  try {
    if (isStreaming(handler)) await runStreaming(invocation);
    else await runBuffered(invocation);
  } catch (error) {
    console.error(error);
    send({ type: "failed", error: toFunctionError(error) });
  } finally {
    openStream = undefined;
  }
}

async function runBuffered(invocation: Invocation): Promise<void> {
  const result = await handler(invocation.event, contextOf(invocation));
  send({ type: "done", payload: JSON.stringify(result) ?? "null" });
}

async function runStreaming(invocation: Invocation): Promise<void> {
  const response = new ResponseStream(send);
  const finished = Promise.withResolvers<void>();
  response.once("finish", finished.resolve);
  // An error of the stream exits the real runtime too. The next request is a cold start.
  response.once("error", (error) => {
    console.error(error);
    process.exit(1);
  });
  openStream = response;
  try {
    await handler(invocation.event, response, contextOf(invocation));
  } catch (error) {
    response.cut();
    await finished.promise;
    throw error;
  }
  // A handler that never ends its stream times out, as in Lambda.
  await finished.promise;
  send({ type: "done" });
}

function contextOf({ requestId, deadline }: Invocation) {
  return {
    awsRequestId: requestId,
    functionName,
    functionVersion: "$LATEST",
    invokedFunctionArn: `arn:aws:lambda:${process.env.AWS_REGION}:000000000000:function:${functionName}`,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

function toFunctionError(error: unknown): FunctionError {
  return error instanceof Error
    ? { errorType: error.name, errorMessage: error.message }
    : { errorType: "Error", errorMessage: String(error) };
}

function send(message: FromSandbox): void {
  process.send?.(message);
}
