import { request as openRequest } from "node:http";
import { build } from "esbuild";
import { afterAll, beforeAll } from "vitest";
import { type HttpServer, listen } from "#local/http/listen.ts";
import { requestUrl } from "#local/http/request-url.ts";

/**
 * Bundles a page of somebody else and serves it at `/`. Every other path is the service's, so that the page calls it as its
 * own origin.
 * @param entryPoint the file that renders into `#root`
 */
export function foreignPage(entryPoint: string, serviceUrl: () => string) {
  let server: HttpServer | undefined;
  beforeAll(async () => {
    const { outputFiles } = await build({
      entryPoints: [entryPoint],
      ...{ bundle: true, write: false, format: "esm", target: "es2022", jsx: "automatic" },
      define: { "process.env.NODE_ENV": '"development"' },
    });
    const script = outputFiles[0]?.text ?? "";
    const files: Record<string, [type: string, text: string]> = {
      "/": [
        "text/html",
        '<!doctype html><div id="root"></div><script type="module" src="/page.js"></script>',
      ],
      "/page.js": ["text/javascript", script],
      "/favicon.ico": ["text/plain", ""],
    };
    server = await listen((request, response) => {
      const file = files[requestUrl(request).pathname];
      if (file) {
        response.writeHead(200, { "content-type": file[0] }).end(file[1]);
        return;
      }
      const { host: _, ...headers } = request.headers;
      const { method, url } = request;
      const upstream = openRequest(new URL(url ?? "/", serviceUrl()), { method, headers });
      response.once("close", () => upstream.destroy());
      upstream.on("error", () => response.destroy());
      upstream.on("response", (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers).flushHeaders();
        answer.on("error", () => response.destroy());
        answer.pipe(response);
      });
      request.pipe(upstream);
    });
  });
  afterAll(() => server?.close());
  return {
    get url(): string {
      if (!server) throw new Error("The page is served only within tests.");
      return server.address;
    },
  };
}
