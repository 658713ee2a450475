import { setTimeout as pause } from "node:timers/promises";
import { createParser } from "eventsource-parser";

/** One event of a stream, and when it arrived. */
export interface ReceivedEvent {
  event: string;
  id: string | undefined;
  data: Record<string, unknown>;
  atMs: number;
}

/** The chat's buckets refill within 60 s. The bucket of wrong passwords may take 15 minutes, which is too long to wait. */
const maxWaitSeconds = 61;

/** An HTTP client for one address with its own cookie. Records the conversations that it has started. */
export class VerifyClient {
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

  sendJson(
    path: string,
    body: unknown,
    headers: Record<string, string> = {},
    method: "POST" | "PATCH" | "PUT" = "POST",
  ): Promise<Response> {
    return this.send(path, {
      method,
      body: JSON.stringify(body),
      headers: { "content-type": "application/json", ...headers },
    });
  }

  login(password: string): Promise<Response> {
    return this.sendJson("/api/login", { password });
  }

  /** Posts a message. @throws Error with the status if the server does not accept it */
  async post(
    message: string,
    conversationId?: string,
    headers: Record<string, string> = {},
  ): Promise<Accepted> {
    const body = {
      message,
      ...(conversationId !== undefined && { conversation_id: conversationId }),
    };
    const response = await retryAfter429(() => this.sendJson("/api/v1/chat", body, headers));
    if (response.status !== 200)
      throw new Error(`POST /api/v1/chat returned status ${response.status}`);
    return this.record(await readJson(response));
  }

  /**
   * Posts a message and returns the stream of its answer, in one request.
   * @throws Error with the status if the server does not accept the message
   */
  async chat(
    message: string,
  ): Promise<{ response: Response; conversationId: string; streamUrl: string }> {
    const path = "/api/v1/chat/stream";
    const response = await retryAfter429(() => this.sendJson(path, { message }));
    if (response.status !== 200) throw new Error(`POST ${path} returned status ${response.status}`);
    const streamUrl = response.headers.get("content-location") ?? "";
    const conversationId = new URL(streamUrl, this.origin).searchParams.get("conversation_id");
    if (conversationId === null) throw new Error(`POST ${path} has no content-location`);
    this.conversationIds.add(conversationId);
    return { response, conversationId, streamUrl };
  }

  stream(path: string, init: RequestInit = {}): Promise<Response> {
    return retryAfter429(() => this.send(path, init));
  }

  /** Changes something, and returns what the response holds. @throws Error with the status unless it is 200 */
  async change(method: "POST" | "PATCH" | "PUT", path: string, body: unknown) {
    const response = await retryAfter429(() => this.sendJson(path, body, {}, method));
    if (response.status !== 200)
      throw new Error(`${method} ${path} returned status ${response.status}`);
    return await readJson(response);
  }

  /** Returns what a path holds. @throws Error with the status unless it is 200 */
  async get(path: string) {
    const response = await retryAfter429(() => this.send(path));
    if (response.status !== 200) throw new Error(`GET ${path} returned status ${response.status}`);
    return await readJson(response);
  }

  /** @throws Error with the status unless it is 204 */
  async delete(path: string): Promise<void> {
    const response = await retryAfter429(() => this.send(path, { method: "DELETE" }));
    if (response.status !== 204)
      throw new Error(`DELETE ${path} returned status ${response.status}`);
  }

  private record(body: Record<string, unknown>): Accepted {
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

interface Accepted {
  conversationId: string;
  turnId: string;
  streamUrl: string;
  replayed: boolean;
}

/** Sends again after a 429 and its Retry-After, because an earlier run from this address may have spent the tokens. */
export async function retryAfter429(send: () => Promise<Response>): Promise<Response> {
  const response = await send();
  if (response.status !== 429) return response;
  const seconds = Number(response.headers.get("retry-after"));
  await response.body?.cancel();
  if (!(seconds > 0 && seconds <= maxWaitSeconds)) {
    throw new Error(`429, and Retry-After is ${seconds} s`);
  }
  await pause(seconds * 1_000);
  return await send();
}

/** Yields the events of a stream as they arrive. @throws Error if the response is not an event stream */
export async function* readEvents(response: Response): AsyncGenerator<ReceivedEvent> {
  const type = response.headers.get("content-type") ?? "no content type";
  if (!type.startsWith("text/event-stream")) {
    throw new Error(`Expected a stream, got ${response.status} ${type}`);
  }
  const received: ReceivedEvent[] = [];
  const parser = createParser({
    onEvent: ({ event = "message", id, data }) =>
      received.push({ event, id, data: asObject(JSON.parse(data)), atMs: performance.now() }),
  });
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    yield* received.splice(0);
  }
}

export async function readAllEvents(response: Response): Promise<ReceivedEvent[]> {
  return await Array.fromAsync(readEvents(response));
}

export async function readJson(response: Response): Promise<Record<string, unknown>> {
  return asObject(await response.json());
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
