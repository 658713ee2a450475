import { Writable } from "node:stream";
import type { FromSandbox } from "./messages.ts";

/** Separates the prelude, which is JSON, from the body. */
const delimiter = new Uint8Array(8);
const streamingMark = Symbol.for("aws.lambda.runtime.handler.streaming");

/**
 * The stream that a streaming handler writes to. Each write waits until the host requests more; chunks written
 * meanwhile are sent together.
 */
export class ResponseStream extends Writable {
  #send: (message: FromSandbox) => void;
  #onResume: (() => void) | undefined;
  #isCut = false;

  constructor(send: (message: FromSandbox) => void) {
    super({ decodeStrings: true });
    this.#send = send;
  }

  /** Sends the next chunk: the host has read the last one. */
  resume(): void {
    const callback = this.#onResume;
    this.#onResume = undefined;
    callback?.();
  }

  /** Flushes all writes, then ends without a "stream-end". The message after them reports the error. */
  cut(): void {
    if (!this.writableEnded) this.#isCut = true;
    this.end();
  }

  override _writev(chunks: { chunk: Buffer }[], callback: () => void): void {
    this.#onResume = callback;
    const data = Buffer.concat(chunks.map(({ chunk }) => chunk));
    this.#send({ type: "chunk", data });
  }

  override _final(callback: () => void): void {
    if (!this.#isCut) this.#send({ type: "stream-end" });
    callback();
  }
}

/** The global object `awslambda` of Lambda's Node.js runtime. */
export const awslambda = {
  streamifyResponse: <Handler extends object>(handler: Handler): Handler =>
    Object.assign(handler, { [streamingMark]: "response" }),
  HttpResponseStream: { from: withPrelude },
};

export function isStreaming(handler: object): boolean {
  return streamingMark in handler;
}

/** Sends the prelude with the first write. `end` alone never sends it, as in the real runtime. */
function withPrelude(stream: ResponseStream, prelude: unknown): ResponseStream {
  const write = stream.write.bind(stream);
  const writeAfterPrelude = (...first: Parameters<typeof write>) => {
    Object.assign(stream, { write });
    stream.cork();
    write(JSON.stringify(prelude));
    write(delimiter);
    const hasRoom = write(...first);
    stream.uncork();
    return hasRoom;
  };
  return Object.assign(stream, { write: writeAfterPrelude });
}
