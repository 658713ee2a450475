import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createLambda } from "#lib/platform/lambda.ts";
import { type ListenOptions, listen } from "#local/http/listen.ts";
import { isLoopbackHost } from "#local/http/loopback-host.ts";
import { readBody } from "#local/http/read-body.ts";
import { readRange } from "./byte-range.ts";
import { addCorsHeaders, answerPreflight } from "./cors.ts";
import { notification, notificationText, openNotifications } from "./notifications.ts";
import { openObjectFiles, type StoredObject } from "./object-files.ts";
import { accessDenied, S3Refusal, sendRefusal } from "./refusal.ts";
import { checkSignature } from "./signature.ts";
import { checkForm, readForm, tooLarge } from "./upload-form.ts";

/** Largest body of an upload: the highest setting of DOCUMENT_MEGABYTES, and the form around the file. */
const maxBodyBytes = 101 * 1024 * 1024;

export interface S3Options extends ListenOptions {
  /** Folder of everything that survives a stop. */
  dataDirectory: string;
  bucket: string;
  /** Returns the origin of the page, which the bucket's CORS rule names. */
  pageOrigin: () => string;
  /** Where Lambda takes events. Without Lambda nobody is notified. */
  lambdaEndpoint?: string | undefined;
  now?: () => number;
}

/** Stands in for S3, with one bucket. */
export interface S3Server {
  /** `http://127.0.0.1:<port>` */
  endpoint: string;
  /** Returns the keys of all objects, for tests. */
  keys(): Promise<string[]>;
  close(): Promise<void>;
}

/** Starts the server on loopback, and delivers the notifications that an earlier process has left. */
export async function startS3(options: S3Options): Promise<S3Server> {
  const { dataDirectory, bucket, pageOrigin, lambdaEndpoint, now = Date.now } = options;
  const files = await openObjectFiles(dataDirectory);
  const notifications = lambdaEndpoint === undefined ? undefined : notifyLambda(lambdaEndpoint);

  function notifyLambda(lambda: string) {
    const client = createLambda({ region: "us-east-1", endpoints: { lambda } });
    return openNotifications(files, (event) => client.sendEvent(notification.functionName, event));
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", headers, url = "/" } = request;
    if (!isLoopbackHost(request)) throw accessDenied();
    const [bucketName, key] = readPath(url);
    if (bucketName !== bucket) {
      throw new S3Refusal(404, "NoSuchBucket", "The specified bucket does not exist", {
        BucketName: bucketName,
      });
    }
    if (method === "OPTIONS") return answerPreflight(request, response, pageOrigin());
    addCorsHeaders(headers.origin, method, response, pageOrigin());
    if (method === "POST" && key === "") return takeUpload(request, response);
    if (key === "" || !["GET", "HEAD", "DELETE"].includes(method)) {
      throw new S3Refusal(
        405,
        "MethodNotAllowed",
        "The specified method is not allowed against this resource.",
        { Method: method, ResourceType: key === "" ? "BUCKET" : "OBJECT" },
      );
    }
    checkSignature({ method, target: url, headers }, now());
    if (method === "DELETE") {
      await files.remove(key);
      response.writeHead(204).end();
      return;
    }
    const object = await files.find(key);
    if (!object) {
      throw new S3Refusal(404, "NoSuchKey", "The specified key does not exist.", { Key: key });
    }
    sendObject(request, response, object);
  }

  async function takeUpload(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, maxBodyBytes);
    if (!body) throw tooLarge(Number(request.headers["content-length"]), maxBodyBytes);
    const form = await readForm(body, request.headers["content-type"] ?? "");
    const upload = checkForm(form, bucket, now());
    const requestId = String(response.getHeader("x-amz-request-id"));
    const { object, event } = await files.write(upload, (written, id) =>
      notificationText(written, { bucket, id, requestId }),
    );
    response.setHeader("etag", object.etag);
    response.setHeader("x-amz-checksum-sha256", object.sha256);
    response.setHeader("x-amz-checksum-type", "FULL_OBJECT");
    response.setHeader("location", `${server.address}/${bucket}/${encodeURIComponent(object.key)}`);
    response.writeHead(204).end();
    if (event && notifications) notifications.deliver(event);
  }

  const server = await listen(async (request, response) => {
    response.setHeader("x-amz-request-id", randomUUID().replaceAll("-", "").slice(0, 16));
    response.setHeader("server", "AmazonS3");
    try {
      await serve(request, response);
    } catch (error) {
      // Reading the body of a client that has left fails.
      if (response.destroyed) return;
      if (!(error instanceof S3Refusal)) throw error;
      if (error.status === 416) {
        response.setHeader("content-range", `bytes */${error.details.ActualObjectSize}`);
      }
      sendRefusal(response, error);
    }
  }, options);
  for (const event of await files.pendingEvents()) notifications?.deliver(event);

  return {
    endpoint: server.address,
    keys: () => files.keys(),
    async close() {
      notifications?.close();
      await server.close();
    },
  };
}

/** Returns bucket and key of `/bucket/some/key?query`. */
function readPath(url: string): [bucket: string, key: string] {
  const [, bucket = "", key = ""] = /^\/([^/?]*)\/?([^?]*)/.exec(url) ?? [];
  try {
    return [decodeURIComponent(bucket), decodeURIComponent(key)];
  } catch {
    throw new S3Refusal(400, "InvalidURI", "Couldn't parse the specified URI.");
  }
}

/** What a signed query may change in a response. */
const overrides = ["content-type", "content-disposition"];

function sendObject(
  { method, headers, url = "/" }: IncomingMessage,
  response: ServerResponse,
  object: StoredObject,
): void {
  const query = new URL(url, "http://s3").searchParams;
  const { bytes } = object;
  const range = readRange(headers.range, bytes.length);
  const { first, last } = range ?? { first: 0, last: bytes.length - 1 };
  response.setHeader("content-type", object.contentType);
  response.setHeader("content-length", last - first + 1);
  response.setHeader("etag", object.etag);
  response.setHeader("last-modified", new Date(object.modified).toUTCString());
  response.setHeader("accept-ranges", "bytes");
  response.setHeader("x-amz-server-side-encryption", "AES256");
  for (const name of overrides) {
    const value = query.get(`response-${name}`);
    if (value !== null) response.setHeader(name, value);
  }
  const checksumMode = headers["x-amz-checksum-mode"] ?? query.get("x-amz-checksum-mode");
  if (range) {
    response.setHeader("content-range", `bytes ${first}-${last}/${bytes.length}`);
  } else if (checksumMode === "ENABLED") {
    response.setHeader("x-amz-checksum-sha256", object.sha256);
    response.setHeader("x-amz-checksum-type", "FULL_OBJECT");
  }
  response.writeHead(range ? 206 : 200);
  response.end(method === "HEAD" ? undefined : bytes.subarray(first, last + 1));
}
