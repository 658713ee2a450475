import { isFullRun } from "#test/clients/run-size.ts";

type Send = (signal?: AbortSignal) => Promise<Response>;

/**
 * Returns after how many bytes of an answer a client hangs up. In the full form that is at the start, in the middle and at the end of each
 * of its events.
 * @param send gets the whole answer, of which the others are copies
 */
export async function placesToHangUp(some: readonly number[], send: Send): Promise<number[]> {
  if (!isFullRun) return [...some];
  const events = (await (await send()).text()).split(/(?<=\n\n)/);
  let start = 0;
  const places = events.flatMap((event) => {
    const length = Buffer.byteLength(event);
    start += length;
    return [start - length, start - Math.ceil(length / 2), start];
  });
  return [...new Set([...some, ...places])];
}

/** Sends a request, and hangs up when so many bytes of its answer have come. Returns what has. */
export async function hangUpAfter(bytes: number, send: Send): Promise<string> {
  const leaving = new AbortController();
  const { body } = await send(leaving.signal);
  const reader = body?.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (let read = 0; read < bytes; ) {
    const { value } = (await reader?.read()) ?? {};
    if (!value) break;
    read += value.length;
    text += decoder.decode(value, { stream: true });
  }
  leaving.abort();
  return text;
}
