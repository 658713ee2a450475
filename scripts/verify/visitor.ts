import { createParser } from "eventsource-parser";

/** One event of a stream, and when it came. */
export interface Arrival {
  event: string;
  data: Record<string, unknown>;
  atMs: number;
}

/** Somebody with a cookie of their own, who asks at one address. Remembers what was accepted and refused, and when. */
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
  async post(message: string, conversationId?: string): Promise<Accepted> {
    const response = await this.sendJson("/api/v1/chat", {
      message,
      ...(conversationId !== undefined && { conversation_id: conversationId }),
    });
    if (response.status !== 200) throw new Error(`POST /api/v1/chat answered ${response.status}`);
    const body = await readJson(response);
    const accepted = {
      conversationId: String(body.conversation_id),
      turnId: String(body.turn_id),
      streamUrl: String(body.stream_url),
    };
    this.conversationIds.add(accepted.conversationId);
    return accepted;
  }
}

export interface Accepted {
  conversationId: string;
  turnId: string;
  streamUrl: string;
}

/** The events of a stream, each as it arrives. @throws Error when the answer is no event stream */
export async function* readArrivals(response: Response): AsyncGenerator<Arrival> {
  const type = response.headers.get("content-type") ?? "no content type";
  if (!type.startsWith("text/event-stream")) {
    throw new Error(`Instead of a stream came ${response.status} ${type}`);
  }
  const arrived: Arrival[] = [];
  const parser = createParser({
    onEvent: ({ event = "message", data }) =>
      arrived.push({ event, data: asObject(JSON.parse(data)), atMs: performance.now() }),
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
