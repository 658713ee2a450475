import { Agent, type IncomingMessage, type ServerResponse } from "node:http";
import { type HttpServer, type ListenOptions, listen } from "#local/http/listen.ts";
import { isLoopbackHost } from "#local/http/loopback-host.ts";
import { requestUrl } from "#local/http/request-url.ts";
import { forwardingOf } from "./behaviors.ts";
import { forward } from "./forward.ts";
import { type PageOptions, servePage } from "./serve-page.ts";

interface FrontDoorOptions extends ListenOptions, PageOptions {
  gatewayAddress: string;
  /** CloudFront's API key. */
  apiKey: string;
  /** Returns the client address of the next request, in tests that send more than one address may. */
  viewerAddress?: (() => string) | undefined;
}

/** Stands in for CloudFront: serves the page, and forwards the API to the gateway. */
export async function startFrontDoor(options: FrontDoorOptions): Promise<HttpServer> {
  const agent = new Agent({ keepAlive: true });
  const { gatewayAddress, apiKey, viewerAddress } = options;
  const origin = { address: gatewayAddress, apiKey, agent, viewerAddress };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isLoopbackHost(request)) {
      response
        .writeHead(403, { "content-type": "text/plain" })
        .end("Open http://localhost instead.");
      return;
    }
    const forwarding = forwardingOf(requestUrl(request).pathname);
    if (forwarding) forward(origin, forwarding, request, response);
    else await servePage(options, request, response);
  }

  const server = await listen(serve, options);
  return {
    ...server,
    async close() {
      await server.close();
      agent.destroy();
    },
  };
}
