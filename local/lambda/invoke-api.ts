import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { type HttpServer, listen } from "#local/http/listen.ts";
import { isLoopbackHost } from "#local/http/loopback-host.ts";
import { readBody } from "#local/http/read-body.ts";
import { requestUrl } from "#local/http/request-url.ts";
import { type EventQueueOptions, openEventQueue } from "./event-queue.ts";
import { InvocationFailed } from "./sandbox.ts";

const megabyte = 1024 * 1024;
/** Lambda's limits of a payload. */
const maxBytes = { RequestResponse: 6 * megabyte, Event: megabyte } as const;

const invocationPath = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** Stands in for the operation `Invoke` of Lambda's API, with the invocation types `Event` and `RequestResponse`. */
export async function startInvokeApi(options: EventQueueOptions): Promise<HttpServer> {
  const { host } = options;
  const queue = openEventQueue(options);

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader("x-amzn-requestid", randomUUID());
    const refuse = (status: number, type: string, message: string) =>
      send(response.setHeader("x-amzn-errortype", type), status, { Type: "User", message });
    if (!isLoopbackHost(request)) return refuse(403, "AccessDeniedException", "Not this host.");
    const [, encodedName] = invocationPath.exec(requestUrl(request).pathname) ?? [];
    if (request.method !== "POST" || encodedName === undefined) {
      return refuse(404, "UnknownOperationException", "This operation is not served here.");
    }
    const name = decodeURIComponent(encodedName);
    const type = request.headers["x-amz-invocation-type"] ?? "RequestResponse";
    if (type !== "Event" && type !== "RequestResponse") {
      const message = `The invocation type ${type} is not served here.`;
      return refuse(400, "InvalidParameterValueException", message);
    }
    const body = await readBody(request, maxBytes[type]);
    if (!body) {
      const message = `Request must be smaller than ${maxBytes[type]} bytes for the InvokeFunction operation`;
      return refuse(413, "RequestTooLargeException", message);
    }
    if (!queue.has(name)) {
      const arn = `arn:aws:lambda:local:000000000000:function:${name}`;
      return refuse(404, "ResourceNotFoundException", `Function not found: ${arn}`);
    }
    const event = parseJson(body);
    if (event === undefined) {
      const message = "Could not parse request body into json.";
      return refuse(400, "InvalidRequestContentException", message);
    }
    if (type === "RequestResponse") return respondWithResult(response, name, event.value);
    queue.add(name, event.value);
    send(response, 202);
  }

  /** A function that fails is a 200 with the error as its payload. */
  async function respondWithResult(response: ServerResponse, name: string, event: unknown) {
    try {
      const result = await host.invoke(name, event);
      const payload = result.kind === "streamed" ? await buffer(result.body) : result.payload;
      response.setHeader("x-amz-executed-version", "$LATEST").writeHead(200).end(payload);
    } catch (error) {
      if (!(error instanceof InvocationFailed)) throw error;
      const [errorType = "", ...rest] = error.message.split(": ");
      response.setHeader("x-amz-function-error", "Unhandled");
      send(response, 200, { errorType, errorMessage: rest.join(": ") });
    }
  }

  const server = await listen(serve);
  return {
    ...server,
    close() {
      queue.close();
      return server.close();
    },
  };
}

/** Returns undefined for text that is not JSON. An empty payload is the event `{}`. */
function parseJson(body: Buffer): { value: unknown } | undefined {
  try {
    return { value: body.length === 0 ? {} : JSON.parse(body.toString()) };
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, status: number, body?: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(body && JSON.stringify(body));
}
