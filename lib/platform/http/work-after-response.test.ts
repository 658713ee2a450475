import { afterEach, expect, it, vi } from "vitest";
import { awslambda, ResponseStream } from "#local/lambda/response-stream.ts";
import { gatewayEvent } from "#test/support/gateway-event.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { defineStreamRoute } from "./define-route.ts";
import { lastUntil } from "./work-after-response.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

it("an invocation whose response has ended lasts until the work of its request has ended", async () => {
  vi.stubGlobal("awslambda", awslambda);
  const work = Promise.withResolvers<void>();
  const route = defineStreamRoute("test", recordingTelemetry().telemetry).handler(
    async (request) => {
      lastUntil(request, work.promise);
      return { statusCode: 200, headers: {}, body: "answer" };
    },
  );
  const response: ResponseStream = new ResponseStream(() => setImmediate(() => response.resume()));
  const finished = new Promise((resolve) => response.once("finish", resolve));
  let hasSettled = false;
  const invocation = Promise.resolve(
    Reflect.apply(route, undefined, [gatewayEvent(), response, {}]),
  ).then(() => {
    hasSettled = true;
  });
  await finished;
  await new Promise(setImmediate);
  expect(hasSettled).toBe(false);
  work.resolve();
  await invocation;
});
