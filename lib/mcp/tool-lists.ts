import type { McpServer } from "#lib/platform/mcp-servers.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import { listTools, type ToolList } from "./list-tools.ts";
import { McpFailure } from "./mcp-failure.ts";
import type { ListedServer } from "./offered-tools.ts";

interface ToolListsOptions {
  /** Of this system, for the servers. */
  version: string;
  telemetry: Telemetry;
  now?: (() => number) | undefined;
}

/** The lists of all servers, which stay in the instance's memory. */
export interface ToolLists {
  /**
   * Returns the servers whose tools are known. A list that is no longer fresh is used while a new one is fetched. A server
   * that is down is asked again after 30 s, later after up to 5 min. Never throws.
   * @param signal aborts when nobody waits any more for servers whose list is not known
   */
  load(servers: readonly McpServer[], signal: AbortSignal): Promise<readonly ListedServer[]>;
  /** Makes the next load fetch this server's list: a call has shown that it is out of date. */
  expire(server: McpServer): void;
}

const listMs = 15_000;
const firstPauseMs = 30_000;
const longestPauseMs = 5 * 60_000;
/** An instance may be frozen for hours. After so long nobody uses a list of before. */
const longestUseMs = 60 * 60_000;

export function createToolLists(options: ToolListsOptions): ToolLists {
  const { telemetry, now = Date.now } = options;
  const states = new Map<string, ServerState>();

  const stateOf = (server: McpServer): ServerState => {
    const key = JSON.stringify(server);
    const state = states.get(key) ?? { failures: 0, dueMs: 0 };
    states.set(key, state);
    return state;
  };

  async function refresh(server: McpServer, state: ServerState): Promise<void> {
    try {
      const signal = AbortSignal.timeout(listMs);
      const list = await listTools(server, { version: options.version, signal });
      Object.assign(state, { list, listedMs: now(), failures: 0, dueMs: now() + list.freshMs });
    } catch (error) {
      const pauseMs = Math.min(firstPauseMs * 2 ** state.failures, longestPauseMs);
      const failures = state.failures + 1;
      Object.assign(state, { list: undefined, failures, dueMs: now() + pauseMs });
      const reason = error instanceof McpFailure ? error.reason : "invalid";
      telemetry.warn("mcp.server_down", { server: server.name, reason, failures });
    } finally {
      state.refreshing = undefined;
    }
  }

  /** Returns what a load must wait for. */
  function refreshIfDue(server: McpServer): Promise<void> | undefined {
    const state = stateOf(server);
    if (now() >= state.dueMs) state.refreshing ??= refresh(server, state);
    if (now() - (state.listedMs ?? 0) > longestUseMs) state.list = undefined;
    return state.list ? undefined : state.refreshing;
  }

  return {
    async load(servers, signal) {
      const missing = servers.flatMap((server) => refreshIfDue(server) ?? []);
      if (missing.length > 0) await settledOrAborted(missing, signal);
      return servers.flatMap((server) => {
        const { list } = stateOf(server);
        return list ? [{ server, list }] : [];
      });
    },
    expire(server) {
      const state = stateOf(server);
      if (state.list) state.dueMs = 0;
    },
  };
}

interface ServerState {
  list?: ToolList | undefined;
  listedMs?: number;
  refreshing?: Promise<void> | undefined;
  /** How often the server has failed since its last list. */
  failures: number;
  /** When the list is to be fetched again. */
  dueMs: number;
}

async function settledOrAborted(
  waits: readonly Promise<void>[],
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return;
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  const stop = () => resolve();
  signal.addEventListener("abort", stop, { once: true });
  await Promise.race([Promise.all(waits), aborted]);
  signal.removeEventListener("abort", stop);
}
