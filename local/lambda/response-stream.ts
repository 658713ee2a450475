import { Writable } from "node:stream";
import type { FromSandbox } from "./messages.ts";

/** Between the prelude, which is JSON, and the body. */
const delimiter = new Uint8Array(8);
const streamingMark = Symbol.for("aws.lambda.runtime.handler.streaming");

/**
 * What a streaming handler writes its answer to. Each write waits until the host has taken the one before;
 * what is written meanwhile goes out together.
 */
export class ResponseStream extends Writable {
  #send: (message: FromSandbox) => void;
  #taken: (() => void) | undefined;
  #isCut = false;

  constructor(send: (message: FromSandbox) => void) {
    super({ decodeStrings: true });
    this.#send = send;
  }

  /** The host has taken what was sent last. */
  taken(): void {
    const taken = this.#taken;
    this.#taken = undefined;
    taken?.();
  }

  /** Ends without saying so, after all that was written: what is sent next tells why. */
  cut(): void {
    if (!this.writableEnded) this.#isCut = true;
    this.end();
  }

  override _writev(chunks: { chunk: Buffer }[], callback: () => void): void {
    this.#taken = callback;
    const data = Buffer.concat(chunks.map(({ chunk }) => chunk));
    this.#send({ type: "chunk", data });
  }

  override _final(callback: () => void): void {
    if (!this.#isCut) this.#send({ type: "stream-end" });
    callback();
  }
}

/** The global that Lambda's Node.js runtime offers to streaming handlers. */
export const awslambda = {
  streamifyResponse: <Handler extends object>(handler: Handler): Handler =>
    Object.assign(handler, { [streamingMark]: "response" }),
  HttpResponseStream: { from: withPrelude },
};

export function isStreaming(handler: object): boolean {
  return streamingMark in handler;
}

/** As in the real runtime the prelude goes out with the first write; `end` alone never sends it. */
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
