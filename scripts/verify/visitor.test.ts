import { expect, it } from "vitest";
import { listen } from "#local/http/listen.ts";
import { Visitor } from "./visitor.ts";

/** Refuses so many messages first, and asks to wait so long. */
async function startServer(refusals: number, retryAfterSeconds: number) {
  let asked = 0;
  const server = await listen((_request, response) => {
    asked += 1;
    if (asked <= refusals) {
      response.writeHead(429, { "retry-after": String(retryAfterSeconds) }).end();
    } else response.writeHead(200).end('{"conversation_id":"c","turn_id":"t","stream_url":"/s"}');
  });
  return { ...server, asked: () => asked };
}

it("a message that an earlier run has left no token for is sent again when Retry-After is over", async () => {
  const server = await startServer(1, 1);
  const startedAt = performance.now();
  const accepted = await new Visitor(server.address).post("Test");
  await server.close();
  expect(accepted.conversationId).toBe("c");
  expect(performance.now() - startedAt).toBeGreaterThan(950);
  expect(server.asked()).toBe(2);
});

it("it is not waited for longer than a minute, nor twice", async () => {
  const slow = await startServer(1, 900);
  await expect(new Visitor(slow.address).post("Test")).rejects.toThrow(
    "Retry-After asks for 900 s",
  );
  await slow.close();
  const stubborn = await startServer(9, 1);
  await expect(new Visitor(stubborn.address).post("Test")).rejects.toThrow("answered 429");
  await stubborn.close();
});
