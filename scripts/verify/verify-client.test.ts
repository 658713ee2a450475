import { expect, it } from "vitest";
import { listen } from "#local/http/listen.ts";
import { VerifyClient } from "./verify-client.ts";

/** Refuses the first requests with this Retry-After. */
async function startServer(refusals: number, retryAfterSeconds: number) {
  let received = 0;
  const server = await listen((_request, response) => {
    received += 1;
    if (received <= refusals) {
      response.writeHead(429, { "retry-after": String(retryAfterSeconds) }).end();
    } else response.writeHead(200).end('{"conversation_id":"c","turn_id":"t","stream_url":"/s"}');
  });
  return { ...server, received: () => received };
}

it("the client sends a refused message again after Retry-After", async () => {
  const server = await startServer(1, 1);
  const startedAt = performance.now();
  const accepted = await new VerifyClient(server.address).post("Test");
  await server.close();
  expect(accepted.conversationId).toBe("c");
  expect(performance.now() - startedAt).toBeGreaterThan(950);
  expect(server.received()).toBe(2);
});

it("the client waits at most a minute, and only once", async () => {
  const slow = await startServer(1, 900);
  await expect(new VerifyClient(slow.address).post("Test")).rejects.toThrow("Retry-After is 900 s");
  await slow.close();
  const stubborn = await startServer(9, 1);
  await expect(new VerifyClient(stubborn.address).post("Test")).rejects.toThrow(
    "returned status 429",
  );
  await stubborn.close();
});
