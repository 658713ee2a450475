import { readEvents } from "#clients/typescript/src/index.ts";
import type { ChatAccepted } from "#lib/contract/chat.ts";
import type { StreamEvent } from "#lib/contract/stream-event.ts";

/** An HTTP client like curl: keeps the session cookie, sends neither Origin nor Sec-Fetch-Site. */
export class ChatClient {
  readonly origin: string;
  cookie = "";

  constructor(origin: string) {
    this.origin = origin;
  }

  async send(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.cookie) headers.set("cookie", this.cookie);
    const response = await fetch(new URL(path, this.origin), { ...init, headers });
    const [given] = response.headers.getSetCookie();
    if (given !== undefined) this.cookie = given.split(";")[0] ?? "";
    return response;
  }

  sendJson(method: string, path: string, body: unknown, headers: HeadersInit = {}) {
    return this.send(path, {
      method,
      body: JSON.stringify(body),
      headers: { "content-type": "application/json", ...headers },
    });
  }

  async login(password: string): Promise<void> {
    const response = await this.sendJson("POST", "/api/login", { password });
    if (response.status !== 200) throw new Error(`Login returned ${response.status}`);
    await response.body?.cancel();
  }

  /** Signs in as `login` does, and returns a bearer token of the same owner. */
  async loginForToken(password: string): Promise<string> {
    const response = await this.sendJson("POST", "/api/login", { password, token: true });
    if (response.status !== 200) throw new Error(`Login returned ${response.status}`);
    return ((await response.json()) as { token: string }).token;
  }

  async post(message: string, conversationId?: string, headers: HeadersInit = {}) {
    const body = { message, ...(conversationId && { conversation_id: conversationId }) };
    const response = await this.sendJson("POST", "/api/v1/chat", body, headers);
    if (response.status !== 200) {
      throw new Error(`POST returned ${response.status}: ${await response.text()}`);
    }
    return (await response.json()) as ChatAccepted;
  }

  /** Sends a message and returns the response that streams its answer. */
  stream(message: string, conversationId?: string, headers: HeadersInit = {}) {
    const body = { message, ...(conversationId && { conversation_id: conversationId }) };
    return this.sendJson("POST", "/api/v1/chat/stream", body, headers);
  }

  /** Sends a message and reads its answer to the end, in two requests. */
  async chat(message: string, conversationId?: string) {
    const accepted = await this.post(message, conversationId);
    const events = await readAll(await this.send(accepted.stream_url));
    return { ...accepted, events, text: textOf(events) };
  }
}

export { readEvents };

export async function readAll(response: Response): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  for await (const event of readEvents(response)) events.push(event);
  return events;
}

/** Returns the text that a client shows at the end. Throws if the last event has another text than the stream. */
export function textOf(events: StreamEvent[]): string {
  let text = "";
  for (const event of events) {
    if (event.event === "snapshot") text = event.data.text;
    if (event.event === "delta") text += event.data.text;
    if ((event.event === "done" || event.event === "stopped") && event.data.text !== text) {
      throw new Error("The text of the last event is not the text of the stream.");
    }
  }
  return text;
}
