import { Readable } from "node:stream";
import type { HttpResponse } from "#lib/platform/http/http-response.ts";

/** CloudFront and API Gateway cut a response that is silent for 30 s. */
const blankEveryMs = 10_000;

/**
 * Returns the response with one JSON value that is ready later. Until then a blank leaves every ten seconds, which JSON allows before a
 * value. A failure of the first ten seconds is thrown; a later one breaks the response off, so that nobody takes it for an answer.
 */
export async function wholeAnswer(value: Promise<object>): Promise<HttpResponse> {
  const headers = { "content-type": "application/json", "cache-control": "no-store" };
  const early = await firstOf(value);
  if (early !== undefined) return { statusCode: 200, headers, body: JSON.stringify(early) };
  return {
    statusCode: 200,
    headers,
    body: Readable.from(blanksUntil(value), { objectMode: false }),
  };
}

async function* blanksUntil(value: Promise<object>): AsyncGenerator<string> {
  for (;;) {
    yield " ";
    const ready = await firstOf(value);
    if (ready !== undefined) {
      yield JSON.stringify(ready);
      return;
    }
  }
}

/** Returns the value, or undefined if it takes too long. */
async function firstOf(value: Promise<object>): Promise<object | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, blankEveryMs, undefined);
  try {
    return await Promise.race([value, promise]);
  } finally {
    clearTimeout(timer);
  }
}
