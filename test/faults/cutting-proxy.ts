import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ChatClient } from "#test/support/chat-client.ts";

export interface CuttingProxy {
  url(path: string): string;
  /** The next answer is cut off after so many bytes of its body; those after it come whole. */
  cutAfter(bytes: number): void;
  close(): Promise<void>;
}

/** A network that breaks off where it is told to, between a page that has no cookies here and the twin. */
export async function startCuttingProxy(client: ChatClient): Promise<CuttingProxy> {
  let allowedBytes = Number.POSITIVE_INFINITY;
  const server = createServer((request, response) => {
    const left = allowedBytes;
    allowedBytes = Number.POSITIVE_INFINITY;
    const lastEventId = request.headers["last-event-id"];
    const forward = async () => {
      const answer = await client.send(request.url ?? "/", {
        headers: { ...(lastEventId && { "last-event-id": String(lastEventId) }) },
      });
      const type = answer.headers.get("content-type");
      response.writeHead(answer.status, type ? { "content-type": type } : {});
      let sent = 0;
      for await (const chunk of answer.body ?? []) {
        const piece = chunk.subarray(0, left - sent);
        sent += piece.length;
        if (piece.length > 0 && !response.write(piece)) await once(response, "drain");
        if (sent >= left) return response.socket?.destroy();
      }
      return response.end();
    };
    forward().catch(() => response.socket?.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: (path) => `http://127.0.0.1:${port}${path}`,
    cutAfter(bytes) {
      allowedBytes = bytes;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
