import { pathToFileURL } from "node:url";
import type { FromSandbox, FunctionError, ToSandbox } from "./messages.ts";
import { awslambda, isStreaming, ResponseStream } from "./response-stream.ts";

// The program of a sandbox, in place of Lambda's own Node.js runtime: loads the bundle once, then answers one
// invocation after the other. Arguments: the bundle's file and the name of the handler that it exports.

type Invocation = Extract<ToSandbox, { type: "invoke" }>;
type Handler = (event: unknown, ...rest: unknown[]) => unknown;

const [bundle = "", exportName = ""] = process.argv.slice(2);
const functionName = process.env.AWS_LAMBDA_FUNCTION_NAME ?? "";
let openStream: ResponseStream | undefined;

Object.assign(globalThis, { awslambda });
// The host is gone, however it ended: nobody would ever end this process.
process.on("disconnect", () => process.exit());
// Ctrl-C reaches every process of a terminal; it is for the host, which ends this one.
process.on("SIGINT", () => {});
process.on("message", (message: ToSandbox) => {
  if (message.type === "more") openStream?.taken();
  else void answer(message);
});

const handler = await loadHandler();
send({ type: "ready" });

async function loadHandler(): Promise<Handler> {
  const { [exportName]: exported } = await import(pathToFileURL(bundle).href);
  if (typeof exported !== "function") throw new Error(`${bundle} exports no ${exportName}`);
  return exported;
}

async function answer(invocation: Invocation): Promise<void> {
  try {
    if (isStreaming(handler)) await stream(invocation);
    else await buffer(invocation);
  } catch (error) {
    console.error(error);
    send({ type: "failed", error: describe(error) });
  } finally {
    openStream = undefined;
  }
}

async function buffer(invocation: Invocation): Promise<void> {
  const result = await handler(invocation.event, contextOf(invocation));
  send({ type: "done", payload: JSON.stringify(result) ?? "null" });
}

async function stream(invocation: Invocation): Promise<void> {
  const response = new ResponseStream(send);
  const finished = Promise.withResolvers<void>();
  response.once("finish", finished.resolve);
  // An error that ends the response ends the real runtime too: the next request is a cold start.
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
  // A handler that never ends its stream runs into its timeout, there as here.
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

function describe(error: unknown): FunctionError {
  return error instanceof Error
    ? { errorType: error.name, errorMessage: error.message }
    : { errorType: "Error", errorMessage: String(error) };
}

function send(message: FromSandbox): void {
  process.send?.(message);
}
