import { setTimeout as delay } from "node:timers/promises";
import * as v from "valibot";
import { createBedrockSigner, signForTwin } from "#lib/platform/bedrock-credentials.ts";
import { createConnectionAgent } from "#lib/platform/connection-agent.ts";
import { parseJson } from "#lib/platform/json.ts";
import { postText } from "#lib/platform/post-text.ts";
import type { SignRequest } from "#lib/platform/sign-request.ts";
import { EmbeddingFailure, type Embeddings, embeddingDimensions } from "./embeddings.ts";

interface BedrockEmbeddingsOptions {
  region: string;
  /** The local twin's Bedrock. */
  endpoint?: string | undefined;
  modelId: string;
  /** The pauses before the second and later attempts. Tests use shorter ones. */
  pausesMs?: readonly number[];
  /** How long one attempt may take. */
  timeoutMs?: number;
}

/** Titan's quota is 6,000 requests a minute, and a request takes about 100 ms. */
const maxConcurrent = 8;
/** As for Converse: Lambda may freeze the function between two calls. */
const idleConnectionMs = 20_000;
/** Titan reads 50,000 characters at most, and a chunk has about 1,200. */
const maxTextLength = 20_000;

/**
 * Returns the embeddings of a model that speaks the protocol of Amazon Titan Text Embeddings V2.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html
 */
export function createEmbeddings(options: BedrockEmbeddingsOptions): Embeddings {
  const { region, endpoint, modelId, pausesMs = [100, 400, 1_600], timeoutMs = 5_000 } = options;
  const url = new URL(
    `/model/${encodeURIComponent(modelId)}/invoke`,
    endpoint ?? `https://bedrock-runtime.${region}.amazonaws.com`,
  );
  const sign = endpoint ? signForTwin : createBedrockSigner(region);
  const connections = createConnectionAgent({ idleMs: idleConnectionMs });

  async function attempt(body: Buffer, signal: AbortSignal): Promise<Embedding> {
    const headers = await signed(sign, url, body);
    signal.throwIfAborted();
    const lateError = () => new Error(`No response within ${timeoutMs} ms.`);
    const response = await postText(connections, url, {
      ...{ headers, body, timeoutMs, lateError, signal },
    }).catch((cause: unknown) => {
      throw new PassingFailure("Amazon Bedrock could not be reached for embeddings.", { cause });
    });
    return readResponse(response, modelId);
  }

  async function embedOne(text: string, signal: AbortSignal): Promise<Embedding> {
    const body = Buffer.from(
      JSON.stringify({
        inputText: text.slice(0, maxTextLength).toWellFormed(),
        dimensions: embeddingDimensions,
        normalize: true,
      }),
    );
    for (let made = 0; ; made += 1) {
      try {
        return await attempt(body, signal);
      } catch (error) {
        signal.throwIfAborted();
        const pauseMs = pausesMs[made];
        if (!(error instanceof PassingFailure) || pauseMs === undefined) throw error;
        await delay(pauseMs * (0.5 + Math.random()), undefined, { signal });
      }
    }
  }

  return {
    modelId,
    dimensions: embeddingDimensions,
    async embed(texts, signal) {
      signal.throwIfAborted();
      const vectors: Float32Array[] = [];
      let tokens = 0;
      let next = 0;
      // The first failure ends the other requests.
      const failed = new AbortController();
      const either = AbortSignal.any([signal, failed.signal]);
      const work = async () => {
        while (next < texts.length) {
          const index = next;
          next += 1;
          const embedding = await embedOne(texts[index] ?? "", either);
          vectors[index] = embedding.vector;
          tokens += embedding.tokens;
        }
      };
      const workers = Array.from({ length: Math.min(maxConcurrent, texts.length) }, work);
      try {
        await Promise.all(workers);
        return { vectors, tokens };
      } catch (cause) {
        failed.abort(cause);
        await Promise.allSettled(workers);
        signal.throwIfAborted();
        if (!(cause instanceof EmbeddingFailure)) throw cause;
        throw new EmbeddingFailure(cause.message, { tokens, cause });
      }
    },
  };
}

interface Embedding {
  vector: Float32Array;
  tokens: number;
}

/** A failure that time repairs. */
class PassingFailure extends EmbeddingFailure {}

async function signed(sign: SignRequest, url: URL, body: Buffer) {
  try {
    return await sign({
      path: url.pathname,
      headers: {
        host: url.host,
        "content-type": "application/json",
        accept: "application/json",
        "content-length": String(body.length),
      },
      body,
    });
  } catch (cause) {
    throw new EmbeddingFailure("The credentials for Amazon Bedrock cannot be used.", { cause });
  }
}

const EmbeddingBody = v.object({
  embedding: v.pipe(v.array(v.number()), v.length(embeddingDimensions)),
  inputTextTokenCount: v.number(),
});

function readResponse({ status, text }: { status: number; text: string }, modelId: string) {
  // Without Bedrock's words: they may repeat the text of a document, and the cause goes into the log.
  const cause = new Error(`Bedrock returned the status ${status}.`);
  if (status === 429 || status >= 500 || status === 408 || status === 424) {
    throw new PassingFailure("The embedding model is busy.", { cause });
  }
  const body = parseJson(text);
  const { message: reason } = Object(body) as { message?: unknown };
  if (status === 403 || status === 404 || /model identifier/.test(String(reason))) {
    const message = `This deployment may not use the embedding model ${modelId}. Its role needs bedrock:InvokeModel, and the region must have the model.`;
    throw new EmbeddingFailure(message, { cause });
  }
  if (status !== 200) {
    throw new EmbeddingFailure(`The embedding model ${modelId} refused a text.`, { cause });
  }
  const read = v.safeParse(EmbeddingBody, body);
  if (!read.success) {
    const message = `The model ${modelId} returned no vector of ${embeddingDimensions} numbers.`;
    throw new EmbeddingFailure(message, { cause });
  }
  const { embedding, inputTextTokenCount } = read.output;
  return { vector: Float32Array.from(embedding), tokens: inputTextTokenCount };
}
