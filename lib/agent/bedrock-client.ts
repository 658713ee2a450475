import {
  BedrockRuntimeClient,
  type ConverseStreamCommandInput,
  type ConverseStreamCommandOutput,
} from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { guardStream } from "./guard-stream.ts";
import { normaliseMessages } from "./normalise-messages.ts";

interface BedrockClientOptions {
  region: string;
  /** The twin's stand-in. It gets credentials that are worth nothing. */
  endpoint?: string | undefined;
}

/** Bedrock's client, hardened below every library: valid requests out, whole answers or errors in. */
export function createBedrockClient({ region, endpoint }: BedrockClientOptions) {
  const client = new BedrockRuntimeClient({
    region,
    // The one retry layer is ours: it can restart an answer that broke off in the middle.
    maxAttempts: 1,
    // HTTP/2, the SDK's default, ends a stream without an error when its connection dies.
    requestHandler: new NodeHttpHandler({ connectionTimeout: 3_000, socketTimeout: 60_000 }),
    ...(endpoint === undefined ? {} : { endpoint, credentials: twinCredentials }),
  });
  client.middlewareStack.add(
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
  return client;
}

const twinCredentials = { accessKeyId: "local", secretAccessKey: "local" };
