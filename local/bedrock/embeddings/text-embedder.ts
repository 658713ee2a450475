import { Worker } from "node:worker_threads";
import type { EncoderResponse } from "./sentence-encoder.ts";

export interface TextEmbedder {
  /**
   * Returns 512 numbers, a vector of length 1. Skips the text if the signal aborts before its turn: nobody reads the response of a
   * request that has timed out.
   */
  embed(text: string, signal?: AbortSignal): Promise<number[]>;
  close(): Promise<void>;
}

interface Waiter extends PromiseWithResolvers<number[]> {
  text: string;
  signal: AbortSignal | undefined;
}

/** A person waits for the answer to a text of this length. A longer one is a passage of a document. */
const longestQuestion = 200;

/**
 * Returns Google's Universal Sentence Encoder (lite, English, Apache 2.0), which needs no network and is weaker than the models
 * of Amazon Bedrock. Its thread starts with the first text, and encodes one text after another.
 */
export function createTextEmbedder(): TextEmbedder {
  let worker: Worker | undefined;
  let current: Waiter | undefined;
  let waiting: Waiter[] = [];

  function failAll(error: Error): void {
    for (const { reject } of [current, ...waiting].filter((one) => one !== undefined))
      reject(error);
    current = undefined;
    waiting = [];
    worker = undefined;
  }

  function start(): Worker {
    const started = new Worker(new URL("./sentence-encoder.ts", import.meta.url));
    started.on("message", (response: EncoderResponse) => {
      if ("vector" in response) current?.resolve(response.vector);
      else current?.reject(new Error(response.error));
      current = undefined;
      encodeNext();
    });
    started.on("error", failAll);
    started.on("exit", () => failAll(new Error("The sentence encoder has ended.")));
    return started;
  }

  function encodeNext(): void {
    if (current !== undefined) return;
    for (const { signal, reject } of waiting) if (signal?.aborted) reject(signal.reason);
    waiting = waiting.filter(({ signal }) => !signal?.aborted);
    current = waiting.find(({ text }) => text.length <= longestQuestion) ?? waiting[0];
    if (current === undefined) {
      worker?.unref();
      return;
    }
    waiting.splice(waiting.indexOf(current), 1);
    worker ??= start();
    worker.ref();
    worker.postMessage(current.text);
  }

  return {
    embed(text, signal) {
      const waiter = { ...Promise.withResolvers<number[]>(), text, signal };
      waiting.push(waiter);
      encodeNext();
      return waiter.promise;
    },
    async close() {
      await worker?.terminate();
    },
  };
}
