import { setTimeout as pause } from "node:timers/promises";
import { createParser } from "eventsource-parser";

/** One event of a stream, and when it came. */
export interface Arrival {
  event: string;
  id: string | undefined;
  data: Record<string, unknown>;
  atMs: number;
}

/** Longer than any bucket of the chat asks to wait; that of wrong passwords may ask for a quarter of an hour. */
const longestWaitSeconds = 61;

/** Somebody with a cookie of their own, who asks at one address. Remembers which conversations it has begun. */
export class Visitor {
  readonly origin: string;
  cookie = "";
  readonly conversationIds = new Set<string>();

  constructor(origin: string) {
    this.origin = origin;
  }

  async send(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.cookie !== "") headers.set("cookie", this.cookie);
    const response = await fetch(new URL(path, this.origin), {
      ...init,
      headers,
      redirect: "manual",
      signal: init.signal ?? AbortSignal.timeout(120_000),
    });
    const [given] = response.headers.getSetCookie();
    if (given !== undefined) this.cookie = given.split(";")[0] ?? "";
    return response;
  }

  sendJson(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return this.send(path, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json", ...headers },
    });
  }

  login(password: string): Promise<Response> {
    return this.sendJson("/api/login", { password });
  }

  /** What the server says to an accepted message. @throws Error with the status of a refusal */
  async post(
    message: string,
    conversationId?: string,
    headers: Record<string, string> = {},
  ): Promise<Accepted> {
    const body = {
      message,
      ...(conversationId !== undefined && { conversation_id: conversationId }),
    };
    const response = await patiently(() => this.sendJson("/api/v1/chat", body, headers));
    if (response.status !== 200) throw new Error(`POST /api/v1/chat answered ${response.status}`);
    return this.remember(await readJson(response));
  }

  stream(path: string, init: RequestInit = {}): Promise<Response> {
    return patiently(() => this.send(path, init));
  }

  private remember(body: Record<string, unknown>): Accepted {
    const accepted = {
      conversationId: String(body.conversation_id),
      turnId: String(body.turn_id),
      streamUrl: String(body.stream_url),
      replayed: body.replayed === true,
    };
    this.conversationIds.add(accepted.conversationId);
    return accepted;
  }
}

export interface Accepted {
  conversationId: string;
  turnId: string;
  streamUrl: string;
  replayed: boolean;
}

/** Waits as long as a 429 says: an earlier run from this address may have spent its tokens. */
export async function patiently(send: () => Promise<Response>): Promise<Response> {
  const response = await send();
  if (response.status !== 429) return response;
  const seconds = Number(response.headers.get("retry-after"));
  await response.body?.cancel();
  if (!(seconds > 0 && seconds <= longestWaitSeconds)) {
    throw new Error(`429, and Retry-After asks for ${seconds} s`);
  }
  await pause(seconds * 1_000);
  return await send();
}

/** The events of a stream, each as it arrives. @throws Error when the answer is no event stream */
export async function* readArrivals(response: Response): AsyncGenerator<Arrival> {
  const type = response.headers.get("content-type") ?? "no content type";
  if (!type.startsWith("text/event-stream")) {
    throw new Error(`Instead of a stream came ${response.status} ${type}`);
  }
  const arrived: Arrival[] = [];
  const parser = createParser({
    onEvent: ({ event = "message", id, data }) =>
      arrived.push({ event, id, data: asObject(JSON.parse(data)), atMs: performance.now() }),
  });
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    yield* arrived.splice(0);
  }
}

export async function readAll(response: Response): Promise<Arrival[]> {
  return await Array.fromAsync(readArrivals(response));
}

export async function readJson(response: Response): Promise<Record<string, unknown>> {
  return asObject(await response.json());
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
