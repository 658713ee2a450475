type Next = IteratorResult<Buffer, undefined>;

/**
 * The bytes of a streamed answer on their way from the function to its reader, a chunk at a time: `requestMore` is
 * called when there is room for the next. An error comes after the bytes that were written before it.
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
      // Nobody reads any more, and the function must not wait for a reader.
      this.#requestMore();
    } else {
      this.#chunks.push(chunk);
      this.#serve();
    }
  }

  /** The rest of a chunk that was read: it comes next. */
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

  /** The reader leaves; what still comes is dropped. */
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
