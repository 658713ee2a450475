import type http from "node:http";
import { defaultProvider } from "@aws-sdk/credential-provider-node";
import type { ClientConfig } from "./config.ts";
import { createConnectionAgent } from "./connection-agent.ts";
import { createRequestSigner, twinCredentials } from "./sign-request.ts";

/** Both attempts together must end before a route's own time, which is 4 s. */
const attemptMs = 1_500;
const maxAttempts = 2;

export interface Lambda {
  /**
   * Hands an event to a function. Resolves when Lambda has stored the event, and does not wait for the function. Lambda
   * may deliver an event twice, and so may the second attempt of this call.
   * @throws Error if Lambda has not accepted the event
   */
  sendEvent(functionName: string, event: unknown): Promise<void>;
}

/**
 * Returns a client of Lambda for this one operation. It uses what the bundles hold already, the SDK's packages for
 * credentials and signature, and adds 2 KB to a cold start. The SDK's whole client would add 84 KB.
 */
export function createLambda({ region, endpoints }: ClientConfig<"lambda">): Lambda {
  const url = new URL(endpoints.lambda ?? `https://lambda.${region}.amazonaws.com`);
  const sign = createRequestSigner({
    service: "lambda",
    region,
    credentials: endpoints.lambda ? twinCredentials : defaultProvider(),
  });
  const connections = createConnectionAgent();

  async function attempt(path: string, body: Buffer): Promise<void> {
    const headers = await sign({
      path,
      headers: {
        host: url.host,
        "content-type": "application/json",
        "content-length": String(body.length),
        "x-amz-invocation-type": "Event",
      },
      body,
    });
    const signal = AbortSignal.timeout(attemptMs);
    const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
    const sent = connections.request(url, { method: "POST", path, headers, signal });
    sent.once("response", resolve).on("error", reject).end(body);
    const response = await promise;
    response.on("error", () => {}).resume();
    if (response.statusCode === 202) return;
    const name = response.headers["x-amzn-errortype"] ?? "no error type";
    throw new LambdaRefusal(`Lambda returned ${response.statusCode}: ${name}`, response.statusCode);
  }

  return {
    async sendEvent(functionName, event) {
      const path = `/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`;
      const body = Buffer.from(JSON.stringify(event));
      for (let made = 1; ; made += 1) {
        try {
          return await attempt(path, body);
        } catch (error) {
          if (made === maxAttempts || isLasting(error)) throw error;
        }
      }
    },
  };
}

class LambdaRefusal extends Error {
  override readonly name = "LambdaRefusal";
  readonly status: number;
  constructor(message: string, status = 0) {
    super(message);
    this.status = status;
  }
}

/** A missing function or permission. The next attempt would meet it too. */
const isLasting = (error: unknown) =>
  error instanceof LambdaRefusal &&
  error.status >= 400 &&
  error.status < 500 &&
  error.status !== 429;
