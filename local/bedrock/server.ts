import type { IncomingMessage, ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { twinEmbeddingModelId } from "#lib/platform/config.ts";
import { listen } from "#local/http/listen.ts";
import type { Answer, AnswerEvent, LanguageModel, ModelCall, TokenCount } from "./answer.ts";
import { BedrockError } from "./bedrock-error.ts";
import { breakAnswer } from "./break-answer.ts";
import type { ConverseRequest } from "./converse-request.ts";
import { accessKeyOf, createCrashRecord, type KillCaller } from "./crash-caller.ts";
import { readTitanRequest, titanResponse, tokensOf } from "./embeddings/invoke-titan.ts";
import { createTextEmbedder } from "./embeddings/text-embedder.ts";
import { inferenceProfile } from "./inference-profile.ts";
import { knownModelIds, requireModel } from "./known-models.ts";
import { noPace, type Pace, paced } from "./pace.ts";
import { createScript, type Script } from "./script.ts";
import { sendError, sendJson, sendRaw, sendStream, sendWhole } from "./send-answer.ts";
import { isTitleRequest } from "./title-request.ts";
import { estimateUsage } from "./usage.ts";
import { validateRequest } from "./validate-request.ts";
import { toWireEvents } from "./wire-events.ts";

const maxRecorded = 1_000;

/** How a call ended: the client received all, an error, or a part, or left before the end. */
export type CallEnd = "answered" | "refused" | "broken" | "abandoned";

/** A model call with a valid request. */
export interface RecordedCall {
  modelId: string;
  streaming: boolean;
  request: ConverseRequest;
  ended: Promise<CallEnd>;
}

export interface BedrockServer {
  /** `http://127.0.0.1:<port>`, for runtime and control plane. */
  endpoint: string;
  /** The newest 1,000 calls, oldest first. */
  calls: RecordedCall[];
  /** The tokens that AWS would bill, of all calls together. A call that the client left is billed for what it was sent. */
  billed: TokenCount;
  /** One sentence for each invalid request. Empty at the end of a healthy test. */
  rejections: string[];
  /** Tests add entries to script the next model calls. */
  script: Script;
  /** Answers what the script does not. Tests whose calls come in no known order replace it. */
  model: LanguageModel;
  /** The texts that were embedded, the newest 1,000, and the tokens that AWS would bill for all. */
  embedded: { texts: string[]; tokens: number };
  /** Returns a text's vector. Tests replace the model, or throw a BedrockError. */
  embed: (text: string, signal?: AbortSignal) => Promise<readonly number[]>;
  /** What an answer's event `crash` does. Without it, or for a caller that it does not know, the answer goes on. */
  killCaller: KillCaller | undefined;
  /** Aborts every open answer and stops listening. */
  close(): Promise<void>;
}

export interface BedrockOptions {
  /** The model behind the protocol. */
  model: LanguageModel;
  pace?: Pace | undefined;
  /** The ids that exist. Any other id gets Bedrock's refusal. */
  modelIds?: readonly string[] | undefined;
}

/**
 * Starts a server on loopback that speaks Amazon Bedrock's HTTP/1.1 protocol: Converse, ConverseStream, InvokeModel for embeddings,
 * GetInferenceProfile.
 */
export async function startBedrock(options: BedrockOptions): Promise<BedrockServer> {
  const { pace = noPace, modelIds = knownModelIds } = options;
  const calls: RecordedCall[] = [];
  const rejections: string[] = [];
  const billed: TokenCount = { inputTokens: 0, outputTokens: 0 };
  const script = createScript();
  const crashRecord = createCrashRecord();
  const closing = new AbortController();
  const embedder = createTextEmbedder();

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers.authorization === undefined) {
      throw new BedrockError("MissingAuthenticationTokenException", "Missing Authentication Token");
    }
    const [path = ""] = (request.url ?? "").split("?");
    const [, profileId] = path.match(/^\/inference-profiles\/([^/]+)$/) ?? [];
    const [, modelId, verb] =
      path.match(/^\/model\/([^/]+)\/(converse|converse-stream|invoke)$/) ?? [];
    if (request.method === "GET" && profileId !== undefined) {
      sendJson(response, 200, inferenceProfile(decodeId(profileId), modelIds));
    } else if (request.method === "POST" && modelId !== undefined && verb === "invoke") {
      sendJson(response, 200, await embed(request, response, decodeId(modelId)));
    } else if (request.method === "POST" && modelId !== undefined) {
      const id = decodeId(modelId);
      const body = await readRequest(request, id, verb === "converse-stream");
      const accessKeyId = accessKeyOf(request.headers.authorization);
      await converse(response, id, body, { streaming: verb === "converse-stream", accessKeyId });
    } else {
      throw new BedrockError("UnknownOperationException", "The operation is not known.");
    }
  }

  async function embed(
    request: IncomingMessage,
    response: ServerResponse,
    modelId: string,
  ): Promise<object> {
    requireModel(modelId, [twinEmbeddingModelId]);
    const text = readTitanRequest(await readJson(request));
    const left = new AbortController();
    response.once("close", () => left.abort());
    const vector = await bedrock.embed(text, left.signal);
    record(bedrock.embedded.texts, text);
    bedrock.embedded.tokens += tokensOf(text);
    return titanResponse(vector, text);
  }

  async function readRequest(
    request: IncomingMessage,
    modelId: string,
    streaming: boolean,
  ): Promise<ConverseRequest> {
    try {
      requireModel(modelId, modelIds);
      return validateRequest(modelId, await readJson(request), streaming);
    } catch (error) {
      if (error instanceof BedrockError) record(rejections, error.message);
      throw error;
    }
  }

  async function converse(
    response: ServerResponse,
    modelId: string,
    request: ConverseRequest,
    { streaming, accessKeyId }: { streaming: boolean; accessKeyId: string },
  ): Promise<void> {
    const ended = Promise.withResolvers<CallEnd>();
    record(calls, { modelId, streaming, request, ended: ended.promise });
    const left = new AbortController();
    response.once("close", () => left.abort(new Error("The client left.")));
    const signal = AbortSignal.any([left.signal, closing.signal]);

    const scripted = script.take({ isForTitle: isTitleRequest(request) });
    const sent: AnswerEvent[] = [];
    void ended.promise.then((end) => {
      if (end === "refused") return;
      const usage = estimateUsage(request, sent);
      billed.inputTokens += usage.inputTokens;
      billed.outputTokens += usage.outputTokens;
    });
    try {
      if (scripted?.response) {
        await sendRaw(response, scripted.response, signal);
        return ended.resolve("answered");
      }
      const source = scripted?.answer ?? ask({ modelId, request, signal });
      const broken = breakAnswer(paced(source, pace, signal), scripted?.interruption, signal);
      const kill = async () => (await bedrock.killCaller?.(accessKeyId)) ?? false;
      const answered = crashRecord.crashing(broken, { request, kill, signal });
      const events = toWireEvents(noted(answered, sent), request);
      await (streaming
        ? sendStream(response, events, signal, scripted?.bytes)
        : sendWhole(response, events));
      ended.resolve("answered");
    } catch (error) {
      ended.resolve(signal.aborted ? "abandoned" : sendError(response, error));
    }
  }

  const ask = (call: ModelCall): Answer =>
    bedrock.model({ ...call, crashes: crashRecord.take(call.request) });

  const server = await listen((request, response) => {
    route(request, response).catch((error: unknown) => {
      // A client that left during its request receives nothing.
      if (!response.destroyed) sendError(response, error);
    });
  });

  const bedrock: BedrockServer = {
    endpoint: server.address,
    calls,
    billed,
    rejections,
    script,
    model: options.model,
    embedded: { texts: [], tokens: 0 },
    embed: embedder.embed,
    killCaller: undefined,
    async close() {
      closing.abort(new Error("The server closes."));
      await Promise.all([server.close(), embedder.close()]);
    },
  };
  return bedrock;
}

/** Adds each event to the list before it is sent. */
async function* noted(answer: Answer, list: AnswerEvent[]): Answer {
  for await (const event of answer) {
    list.push(event);
    yield event;
  }
}

/** Keeps the newest entries, because a twin runs for days. */
function record<Entry>(entries: Entry[], entry: Entry): void {
  entries.push(entry);
  if (entries.length > maxRecorded) entries.shift();
}

function decodeId(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch (cause) {
    throw new BedrockError("ValidationException", "The model identifier is not well encoded.", {
      cause,
    });
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  try {
    return await json(request);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new BedrockError("ValidationException", "The body is not JSON.", { cause });
  }
}
