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
  /** The twin's stand-in. It gets credentials that are worth nothing. */
  endpoint?: string | undefined;
}

/**
 * Bedrock's client, hardened below every library: valid requests out, whole answers or errors in.
 * How long a silent model is waited for is the caller's business, who aborts.
 */
export function createBedrockClient({ region, endpoint }: BedrockClientOptions) {
  const client = new BedrockRuntimeClient({
    region,
    // The one retry layer is ours: it can restart an answer that broke off in the middle.
    maxAttempts: 1,
    // HTTP/2, the SDK's default, ends a stream without an error when its connection dies.
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
        throw isOfCredentials(error) ? credentialsError(error) : error;
      }),
    { step: "initialize", priority: "high", name: "nameCredentialsErrors" },
  );
  // Between the built request and the wire there is nothing but signing.
  middlewareStack.add(
    (next) => (args) =>
      next(args).catch((error: unknown) => {
        throw error instanceof WireError ? error : credentialsError(error);
      }),
    { step: "build", priority: "low", name: "nameSigningErrors" },
  );
  // Around the SDK's own reading of a response, which includes the first frame of a stream.
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

/** Bedrock's own errors have become a WireError: an error of a service is here one that was asked for credentials. */
function isOfCredentials(error: unknown): boolean {
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
 * A 200 that is no event stream comes from something between us and Bedrock. Read as frames, the first letters of an
 * HTML page are a length of a gigabyte, which @smithy/core 3.41.0 allocates before it checks anything.
 */
function refuseForeignBody(response: unknown): void {
  const { statusCode = 0, headers = {}, body } = response as Response;
  const type = headers["content-type"] ?? "none";
  if (statusCode >= 300 || type.startsWith("application/vnd.amazon.eventstream")) return;
  body?.destroy?.();
  throw new WireError(`The answer is no event stream but ${type}.`, { errorName: "ForeignBody" });
}
