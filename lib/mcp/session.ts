import {
  Client,
  type PriorDiscovery,
  StreamableHTTPClientTransport,
} from "@modelcontextprotocol/client";
import type { McpServer } from "#lib/platform/mcp-servers.ts";
import { brokenOff, toMcpFailure } from "./mcp-failure.ts";
import { createServerConnection } from "./server-connection.ts";

/** What the client knows of a server's protocol version, from an earlier session. */
export type { PriorDiscovery };

interface SessionOptions {
  /** Of this system, for the server. */
  version: string;
  signal: AbortSignal;
  /** Saves the request that finds out the protocol's version. */
  prior?: PriorDiscovery | undefined;
}

const handshakeMs = 10_000;
/** How long the last messages to a server of 2025 may take: that a call is cancelled, that a session is over. */
const farewellMs = 1_000;
const maxPages = 20;

/**
 * Connects to a server, and hangs up after `use`. Nothing is kept between two sessions: an instance of Lambda may be
 * frozen meanwhile. Speaks 2026-07-28, and 2025 with a server that knows no later version.
 * @throws McpFailure
 */
export async function withSession<Result>(
  server: McpServer,
  { version, signal, prior }: SessionOptions,
  use: (client: Client) => Promise<Result>,
): Promise<Result> {
  const url = new URL(server.url);
  const connection = createServerConnection(url);
  const transport = new StreamWithEndTransport(url, {
    fetch: connection.fetch,
    requestInit: { headers: server.headers },
  });
  const client = new Client(
    { name: "enterprise-agentic-ai", version },
    {
      versionNegotiation: { mode: "auto" },
      inputRequired: { autoFulfill: false },
      listMaxPages: maxPages,
    },
  );
  const cut = () => void transport.close();
  try {
    signal.throwIfAborted();
    // The library sends its first request without a signal.
    signal.addEventListener("abort", cut, { once: true });
    await client.connect(transport, { signal, timeout: handshakeMs, ...(prior && { prior }) });
    signal.removeEventListener("abort", cut);
    return await use(client);
  } catch (error) {
    const failure = toMcpFailure(error);
    throw failure.reason === "broken_off" ? (connection.failure ?? failure) : failure;
  } finally {
    signal.removeEventListener("abort", cut);
    void hangUp(client, transport).finally(connection.close);
  }
}

/** The turn does not wait for the last messages to a server of 2025. */
async function hangUp(client: Client, transport: StreamWithEndTransport): Promise<void> {
  const late = setTimeout(() => void transport.close(), farewellMs);
  await transport.notified();
  await transport.terminateSession().catch(() => {});
  clearTimeout(late);
  await client.close().catch(() => {});
}

type Send = StreamableHTTPClientTransport["send"];

/**
 * The library waits for a request's timeout when a stream ends without the request's result. This transport then gives
 * the request an error at once. The library ignores an error for a request that has its result.
 */
class StreamWithEndTransport extends StreamableHTTPClientTransport {
  readonly #notifications = new Set<Promise<unknown>>();

  /** Resolves when every notification is sent, or has failed. */
  notified = () => Promise.allSettled(this.#notifications);

  override send(message: Parameters<Send>[0], options?: Parameters<Send>[1]): Promise<void> {
    const id = "id" in message ? message.id : undefined;
    const onRequestStreamEnd = () => {
      options?.onRequestStreamEnd?.();
      if (id === undefined) return;
      const error = { code: -32_000, message: "The stream ended.", data: brokenOff };
      this.onmessage?.({ jsonrpc: "2.0", id, error });
    };
    const sending = super.send(message, { ...options, onRequestStreamEnd });
    if (id === undefined) this.#notifications.add(sending);
    return sending;
  }
}
