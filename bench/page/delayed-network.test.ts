import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { startDelayedNetwork } from "./delayed-network.ts";

it("a delayed network passes requests and responses on, whole and in order", async () => {
  const numbers = Array.from({ length: 200 }, (_, index) => `${index}\n`);
  const server = createServer(async (request, response) => {
    for await (const chunk of request) response.write(chunk);
    for (const number of numbers) response.write(number);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const { port } = server.address() as AddressInfo;
  const network = await startDelayedNetwork(`http://localhost:${port}`, 20);
  onTestFinished(async () => {
    await network.close();
    server.close();
  });
  const body = "x".repeat(200_000);
  const response = await fetch(network.url, { method: "POST", body });
  expect(await response.text()).toBe(body + numbers.join(""));
});
