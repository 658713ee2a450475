import { request } from "node:http";
import { pipeline } from "node:stream";
import { afterAll, beforeAll, expect, it } from "vitest";
import { listen } from "#local/http/listen.ts";
import { startTwin, type Twin } from "#local/twin.ts";
import { sessionChecks } from "#scripts/verify/check-session.ts";
import { siteChecks } from "#scripts/verify/check-site.ts";
import { describeResult, runChecks } from "#scripts/verify/report.ts";
import { verify } from "#scripts/verify/verify.ts";
import { Visitor } from "#scripts/verify/visitor.ts";
import { twinOptions } from "#test/support/twin-options.ts";

let twin: Twin;
const options = { ...twinOptions(), pace: { firstTokenMs: 20, tokensPerSecond: 200 } };
beforeAll(async () => {
  twin = await startTwin(options);
});
afterAll(async () => {
  await twin.stop();
});

it("the whole of verify passes on the twin", async () => {
  const { url, functionUrl, gatewayUrl: apiUrl, password } = twin;
  const results = await verify({ url, functionUrl, apiUrl, password });
  expect(results.filter(({ passed }) => !passed).map(describeResult)).toEqual([]);
  expect(results.length).toBeGreaterThan(20);
}, 180_000);

it("a front door that forwards too little, and one that drops its headers, are found out", async () => {
  const door = await startFaultyDoor(twin.url);
  try {
    const url = `http://localhost:${door.port}`;
    const checks = [...siteChecks(url), ...sessionChecks(new Visitor(url), twin.password)];
    const results = await runChecks(checks, () => {});
    expect(results.flatMap(({ name, passed }) => (passed ? [] : [name]))).toEqual([
      "the page and its security headers",
      "another site can neither send nor stream",
    ]);
  } finally {
    await door.close();
  }
});

/** A CloudFront that does not forward `sec-fetch-site`, and whose pages come without a CSP. */
function startFaultyDoor(url: string) {
  return listen((incoming, outgoing) => {
    const { "sec-fetch-site": _, host: __, ...headers } = incoming.headers;
    const upstream = request(
      new URL(incoming.url ?? "/", url),
      { method: incoming.method, headers },
      (answer) => {
        const { "content-security-policy": ___, ...rest } = answer.headers;
        outgoing.writeHead(answer.statusCode ?? 502, rest);
        pipeline(answer, outgoing, () => {});
      },
    );
    incoming.pipe(upstream);
  });
}
