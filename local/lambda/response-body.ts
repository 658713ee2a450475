type Next = IteratorResult<Buffer, undefined>;

/**
 * The body of a streamed response, between the function that writes and the client that reads. Holds one chunk at a
 * time: calls `requestMore` when there is room for the next. The reader gets an error after all bytes before the error.
 */
export class ResponseBody implements AsyncIterableIterator<Buffer, undefined> {
  #chunks: Buffer[] = [];
  #end: { error?: Error } | undefined;
  #reader: PromiseWithResolvers<Next> | undefined;
  #requestMore: () => void;

  constructor(requestMore: () => void) {
    this.#requestMore = requestMore;
  }

  push(chunk: Buffer): void {
    if (this.#end) {
      // The body has ended. The function must not wait for a reader.
      this.#requestMore();
    } else {
      this.#chunks.push(chunk);
      this.#serve();
    }
  }

  /** Puts back the rest of a chunk. The reader gets that rest next. */
  unshift(chunk: Buffer): void {
    if (chunk.length > 0) this.#chunks.unshift(chunk);
  }

  end(error?: Error): void {
    this.#end ??= error ? { error } : {};
    this.#serve();
  }

  next(): Promise<Next> {
    this.#reader = Promise.withResolvers();
    const { promise } = this.#reader;
    this.#serve();
    return promise;
  }

  /** Called when the reader leaves. Drops all later chunks. */
  async return(): Promise<Next> {
    this.#chunks = [];
    this.end();
    this.#requestMore();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #serve(): void {
    const reader = this.#reader;
    const chunk = reader && this.#chunks.shift();
    if (chunk) {
      reader.resolve({ done: false, value: chunk });
      this.#requestMore();
    } else if (this.#end?.error) {
      reader?.reject(this.#end.error);
    } else if (this.#end) {
      reader?.resolve({ done: true, value: undefined });
    } else return;
    this.#reader = undefined;
  }
}
