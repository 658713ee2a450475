import { Worker } from "node:worker_threads";
import type { EncoderRequest, EncoderResponse } from "./sentence-encoder.ts";

export interface TextEmbedder {
  /** Returns 512 numbers, a vector of length 1. */
  embed(text: string): Promise<number[]>;
  close(): Promise<void>;
}

/**
 * Returns Google's Universal Sentence Encoder (lite, English, Apache 2.0), which needs no network and is weaker than the models
 * of Amazon Bedrock. Its thread starts with the first text.
 */
export function createTextEmbedder(): TextEmbedder {
  let worker: Worker | undefined;
  let nextId = 0;
  const waiting = new Map<number, PromiseWithResolvers<number[]>>();

  function failAll(error: Error): void {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
    worker = undefined;
  }

  function start(): Worker {
    const started = new Worker(new URL("./sentence-encoder.ts", import.meta.url));
    started.on("message", (response: EncoderResponse) => {
      const waiter = waiting.get(response.id);
      waiting.delete(response.id);
      if (waiting.size === 0) started.unref();
      if ("vector" in response) waiter?.resolve(response.vector);
      else waiter?.reject(new Error(response.error));
    });
    started.on("error", failAll);
    started.on("exit", () => failAll(new Error("The sentence encoder has ended.")));
    return started;
  }

  return {
    embed(text) {
      worker ??= start();
      worker.ref();
      const id = nextId;
      nextId += 1;
      const waiter = Promise.withResolvers<number[]>();
      waiting.set(id, waiter);
      worker.postMessage({ id, text } satisfies EncoderRequest);
      return waiter.promise;
    },
    async close() {
      await worker?.terminate();
    },
  };
}
