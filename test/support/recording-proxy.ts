import { createServer, type IncomingMessage, request as sendRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll } from "vitest";

/** The requests that functions send to the services behind them, in order. */
export interface RequestLog {
  /** "→ name" when a request arrives, "← name" when its response begins. */
  readonly lines: string[];
  /**
   * Holds back the next requests, until all requests of a group have arrived: first those of the first group, then those
   * of the second, and so on. A request outside the current group passes.
   */
  expectGroups(...groups: string[][]): void;
  arrives(name: string): Promise<void>;
  isAnswered(name: string): void;
}

export function createRequestLog(): RequestLog {
  const lines: string[] = [];
  let groups: string[][] = [];
  let held: (() => void)[] = [];
  return {
    lines,
    expectGroups(...expected) {
      groups = expected;
    },
    async arrives(name) {
      lines.push(`→ ${name}`);
      const [group = []] = groups;
      const position = group.indexOf(name);
      if (position !== -1) {
        group.splice(position, 1);
        const { promise, resolve } = Promise.withResolvers<void>();
        held.push(resolve);
        if (group.length === 0) {
          groups.shift();
          for (const release of held) release();
          held = [];
        }
        await promise;
      }
    },
    isAnswered: (name) => void lines.push(`← ${name}`),
  };
}

/**
 * Starts a proxy in front of a service, and stops it after the last test. A request that is held back has not reached the
 * service yet. Set `target` before the first request.
 * @param nameOf returns the name of a request in the log, from its path, headers and body
 */
export async function startRecordingProxy(
  log: RequestLog,
  nameOf: (request: IncomingMessage, body: string) => string,
) {
  const proxy = { endpoint: "", target: "" };
  const server = createServer((request, response) => {
    async function forward() {
      const body = await text(request);
      const name = nameOf(request, body);
      await log.arrives(name);
      const forwarded = sendRequest(new URL(request.url ?? "/", proxy.target), {
        method: request.method,
        headers: request.headers,
      });
      forwarded.once("error", () => response.destroy());
      forwarded.once("response", (answer) => {
        log.isAnswered(name);
        response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        response.flushHeaders();
        answer.pipe(response);
      });
      forwarded.end(body);
    }
    forward().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  proxy.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return proxy;
}
