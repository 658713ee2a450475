import { request as sendRequest } from "node:http";
import { text } from "node:stream/consumers";
import { listen } from "#local/http/listen.ts";

/**
 * Starts a proxy in front of the twin's page that asks the browser to report violations of the page's policy, and collects the
 * reports. Every browser reports, while only some let a test listen inside a page from its first script on.
 */
export async function startViolationProxy(target: string) {
  const violations: string[] = [];
  const server = await listen(async (request, response) => {
    if (request.url === "/violations") {
      violations.push(await text(request));
      response.writeHead(204).end();
      return;
    }
    const forwarded = sendRequest(new URL(request.url ?? "/", target), {
      method: request.method,
      headers: request.headers,
    });
    forwarded.once("error", () => response.destroy());
    response.once("close", () => forwarded.destroy());
    forwarded.once("response", (received) => {
      const policy = received.headers["content-security-policy"];
      response.writeHead(received.statusCode ?? 502, {
        ...received.headers,
        ...(policy && { "content-security-policy": `${policy}; report-uri /violations` }),
      });
      received.pipe(response);
    });
    request.pipe(forwarded);
  });
  return { url: server.address, violations, close: server.close };
}
