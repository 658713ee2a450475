import {
  BedrockRuntimeClient,
  type ConverseStreamCommandInput,
  type ConverseStreamCommandOutput,
} from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { guardStream } from "./guard-stream.ts";
import { normaliseMessages } from "./normalise-messages.ts";
import { credentialsErrorName, toWireError, WireError } from "./wire-error.ts";

interface BedrockClientOptions {
  region: string;
  /** The local twin's Bedrock. Its client uses dummy credentials. */
  endpoint?: string | undefined;
}

/**
 * Returns a Bedrock client whose middlewares send valid requests only, and return complete answers or throw. The client
 * has no timeout for a silent model: the caller aborts.
 */
export function createBedrockClient({ region, endpoint }: BedrockClientOptions) {
  const client = new BedrockRuntimeClient({
    region,
    // `createModelCaller` is the only retry layer, because it can also restart an answer that broke off.
    maxAttempts: 1,
    // HTTP/1.1, because the SDK's default HTTP/2 ends a stream without an error when the connection dies.
    requestHandler: new NodeHttpHandler({ connectionTimeout: 3_000, socketTimeout: 0 }),
    ...(endpoint === undefined ? {} : { endpoint, credentials: twinCredentials }),
  });
  const { middlewareStack } = client;
  middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName !== "ConverseStreamCommand") return next(args);
      const input = args.input as ConverseStreamCommandInput;
      const messages = normaliseMessages(input.messages ?? []);
      const result = await next({ ...args, input: { ...input, messages } });
      const output = result.output as ConverseStreamCommandOutput;
      if (output.stream) output.stream = guardStream(output.stream);
      return result;
    },
    { step: "initialize", name: "hardenConverseStream" },
  );
  middlewareStack.add(
    (next) => (args) =>
      next(args).catch((error: unknown) => {
        throw isCredentialsError(error) ? credentialsError(error) : error;
      }),
    { step: "initialize", priority: "high", name: "nameCredentialsErrors" },
  );
  // Only signing happens between the built request and the wire.
  middlewareStack.add(
    (next) => (args) =>
      next(args).catch((error: unknown) => {
        throw error instanceof WireError ? error : credentialsError(error);
      }),
    { step: "build", priority: "low", name: "nameSigningErrors" },
  );
  // Wraps the SDK's parsing of the response, which includes the first frame of a stream.
  middlewareStack.add(
    (next) => (args) =>
      next(args).catch((error: unknown) => {
        throw toWireError(error);
      }),
    { step: "deserialize", priority: "high", name: "nameWireErrors" },
  );
  middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      refuseForeignBody(result.response);
      return result;
    },
    { step: "deserialize", priority: "low", name: "refuseForeignBodies" },
  );
  return client;
}

const twinCredentials = { accessKeyId: "local", secretAccessKey: "local" };

/** Bedrock's own errors are WireErrors by now, so any other service error comes from a credentials provider. */
function isCredentialsError(error: unknown): boolean {
  return error instanceof Error && ("tryNextLink" in error || "$fault" in error);
}

function credentialsError(cause: unknown): WireError {
  const message = "The credentials for Bedrock cannot be used.";
  return new WireError(message, { errorName: credentialsErrorName, cause });
}

interface Response {
  statusCode?: number;
  headers?: Record<string, string>;
  body?: { destroy?: () => void };
}

/**
 * A response of status 200 that is not an event stream comes from a proxy. Parsed as a frame, the first letters of an
 * HTML page are a length of a gigabyte, which @smithy/core 3.41.0 allocates before any check.
 */
function refuseForeignBody(response: unknown): void {
  const { statusCode = 0, headers = {}, body } = response as Response;
  const type = headers["content-type"] ?? "none";
  if (statusCode >= 300 || type.startsWith("application/vnd.amazon.eventstream")) return;
  body?.destroy?.();
  throw new WireError(`The response is not an event stream but ${type}.`, {
    errorName: "ForeignBody",
  });
}
