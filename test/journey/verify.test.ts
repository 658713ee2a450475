import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { pipeline } from "node:stream";
import { text as textOf } from "node:stream/consumers";
import { beforeEach, expect, it } from "vitest";
import { answerWith, callTools, refuseWith } from "#local/bedrock/script.ts";
import { listen } from "#local/http/listen.ts";
import { chatChecks } from "#scripts/verify/check-chat.ts";
import { documentChecks, makeTestDocument } from "#scripts/verify/check-documents.ts";
import { limitChecks } from "#scripts/verify/check-limit.ts";
import { sessionChecks } from "#scripts/verify/check-session.ts";
import { siteChecks } from "#scripts/verify/check-site.ts";
import { sqlQueryChecks } from "#scripts/verify/check-sql-query.ts";
import { unattendedChecks } from "#scripts/verify/check-unattended.ts";
import { webSearchChecks } from "#scripts/verify/check-web-search.ts";
import { describeResult, type Result, runChecks } from "#scripts/verify/run-checks.ts";
import { verify } from "#scripts/verify/verify.ts";
import { VerifyClient } from "#scripts/verify/verify-client.ts";
import { manyAddresses } from "#test/support/many-addresses.ts";
import { openTwin } from "#test/support/open-twin.ts";

const nextAddress = manyAddresses();
let address = nextAddress();
const { twin } = await openTwin({
  pace: { firstTokenMs: 20, tokensPerSecond: 200 },
  viewerAddress: () => address,
});
// A test begins with full buckets.
beforeEach(() => {
  address = nextAddress();
});

it("verify names a model that the account may not call", async () => {
  const client = new VerifyClient(twin.url);
  await client.login(twin.password);
  twin.parts.bedrock.script.add(refuseWith("AccessDeniedException"));
  const [first] = await runChecks(chatChecks(client, twin.password).slice(0, 1), () => {});
  expect(first).toMatchObject({
    passed: false,
    seen: expect.stringContaining("Does the account have access to the model in this region?"),
  });
});

it("verify passes on the twin", async () => {
  const { url, functionUrl, gatewayUrl: apiUrl, password } = twin;
  const limitNames = limitChecks(new VerifyClient(url)).map(({ name }) => name);
  // From a single address the checks would wait two minutes for their buckets.
  const onResult = ({ name }: Result) => {
    if (!limitNames.includes(name)) address = nextAddress();
  };
  const results = await verify({ url, functionUrl, apiUrl, password, allModels: true, onResult });
  expect(results.filter(({ passed }) => !passed).map(describeResult)).toEqual([]);
  expect(results.length).toBeGreaterThan(20);
});

it("verify sees a note wait for its decision", async () => {
  const client = new VerifyClient(twin.url);
  await client.login(twin.password);
  const results = await runChecks(unattendedChecks(client), () => {});
  expect(results.map(({ passed, seen }) => [passed, seen])).toEqual([
    [true, "done, so Lambda's event invocation works"],
    [true, "waited, then kept once after two equal decisions"],
  ]);
});

it("verify sees the sources of a web search, or why there are none", async () => {
  const client = new VerifyClient(twin.url);
  await client.login(twin.password);
  const { script } = twin.parts.bedrock;
  const seenWith = async (query: string) => {
    script.add(callTools([{ name: "web_search", input: { query } }]), answerWith("Found."));
    const [result] = await runChecks(webSearchChecks(client), () => {});
    return [result?.passed, result?.seen];
  };
  expect(await seenWith("take-over")).toEqual([
    true,
    expect.stringMatching(/^5 sources, the first from 127\.0\.0\.1:\d+$/),
  ]);
  expect(await seenWith("giraffe")).toEqual([
    false,
    'the search has no source: The search found nothing for "giraffe". Try other words.',
  ]);
  script.add(answerWith("I cannot search."));
  const [skipped] = await runChecks(webSearchChecks(client), () => {});
  expect(skipped?.seen).toBe("skipped: the model called no web search");
});

it("verify sees the rows of a query, or why there are none", async () => {
  const client = new VerifyClient(twin.url);
  await client.login(twin.password);
  const { script } = twin.parts.bedrock;
  const seenWith = async (sql: string) => {
    script.add(callTools([{ name: "sql_query", input: { sql } }]), answerWith("Counted."));
    const [result] = await runChecks(sqlQueryChecks(client), () => {});
    return [result?.passed, result?.seen];
  };
  expect(await seenWith("select count(*) from orders")).toEqual([
    true,
    expect.stringMatching(/^1 row from the schema sales \(Sample data/),
  ]);
  expect(await seenWith("select * from nothing")).toEqual([
    false,
    expect.stringContaining('the query is failed: Error: There is no view "nothing"'),
  ]);
});

it("verify sees a document arrive, be read, be quoted and be deleted, or why not", async () => {
  const client = new VerifyClient(twin.url);
  await client.login(twin.password);
  const { bedrock, s3 } = twin.parts;
  const { script } = bedrock;
  const seenWith = async (quote: (fact: string) => string, times: number) => {
    const document = makeTestDocument();
    const query = document.name;
    for (let time = 0; time < times; time += 1) {
      script.add(
        callTools([{ name: "search_documents", input: { question: query } }]),
        answerWith(quote(document.fact)),
      );
    }
    const results = await runChecks(documentChecks(client, document), () => {});
    script.clear();
    return results.map(({ passed, seen }) => [passed, seen]);
  };
  expect(await seenWith((fact) => `The file says "${fact}" [1].`, 1)).toEqual([
    [true, expect.stringMatching(/^\d+ bytes to 127\.0\.0\.1:\d+$/)],
    [true, expect.stringMatching(/^after [\d.]+ s, language english$/)],
    [true, "whole, and a range; another key of the bucket is refused"],
    [true, expect.stringMatching(/^"The lighthouse of Verify [\da-f]{8} has exactly \d+ lamps"$/)],
    [true, "neither the document nor its file is left"],
  ]);
  expect(await s3.keys()).toEqual([]);
  const misquoted = await seenWith(
    () => 'The file says "The lighthouse has no lamps at all" [1].',
    2,
  );
  expect(misquoted[3]).toEqual([false, "1 quotations, none is verified"]);
  expect(await s3.keys()).toEqual([]);
});

it("verify reports an unreachable system once and skips the other checks", async () => {
  const proxy = await listen(() => {});
  await proxy.close();
  const startedAt = performance.now();
  const [first, ...rest] = await verify({ url: proxy.address, password: "x" });
  expect(first).toMatchObject({ passed: false, seen: "fetch failed: ECONNREFUSED" });
  expect(rest.length).toBeGreaterThan(20);
  expect(new Set(rest.map(({ seen }) => seen))).toEqual(
    new Set(["not tried: the address responds failed"]),
  );
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});

it("verify ends at the login with a wrong password and waits for no tokens", async () => {
  const results = await verify({ url: twin.url, password: "not this one" });
  const failed = results.filter(({ passed }) => !passed);
  expect(failed[0]).toMatchObject({ name: "login, and its cookie" });
  expect(new Set(failed.slice(1).map(({ seen }) => seen))).toEqual(
    new Set(["not tried: login, and its cookie failed"]),
  );
});

it("verify detects a front door that drops request or response headers", async () => {
  const proxy = await startFaultyProxy(twin.url);
  try {
    const url = `http://localhost:${proxy.port}`;
    const checks = [
      ...siteChecks(url, "0.0.1"),
      ...sessionChecks(new VerifyClient(url), twin.password),
    ];
    const results = await runChecks(checks, () => {});
    expect(results.flatMap(({ name, passed }) => (passed ? [] : [name]))).toEqual([
      "health reports every part",
      "the page and its security headers",
      "the page's files exist and are immutable",
      "another site can neither send nor stream",
    ]);
  } finally {
    await proxy.close();
  }
});

it("verify detects an API that loses answers and ignores last-event-id", async () => {
  const proxy = await startForgetfulProxy(twin.url);
  try {
    const client = new VerifyClient(`http://localhost:${proxy.port}`);
    await client.login(twin.password);
    const results = await runChecks(chatChecks(client, twin.password).slice(0, 4), () => {});
    expect(results.flatMap(({ name, passed }) => (passed ? [] : [name]))).toEqual([
      "a reader who reconnects after the end gets no second stream",
      "the transcript has every message and answer",
    ]);
  } finally {
    await proxy.close();
  }
});

/** A front door that drops `sec-fetch-site` and the CSP, and serves styles with a wrong content type. */
function startFaultyProxy(url: string) {
  return startProxy(url, "sec-fetch-site", (answer, outgoing) => {
    const { "content-security-policy": _, ...headers } = answer.headers;
    if (headers["content-type"]?.startsWith("text/css")) headers["content-type"] = "text/plain";
    outgoing.writeHead(answer.statusCode ?? 502, headers);
    pipeline(answer, outgoing, () => {});
  });
}

/** A front door that drops `last-event-id` and returns transcripts without answers. */
function startForgetfulProxy(url: string) {
  return startProxy(url, "last-event-id", async (answer, outgoing) => {
    const isJson = answer.headers["content-type"] === "application/json";
    const { "content-length": _, ...headers } = answer.headers;
    outgoing.writeHead(answer.statusCode ?? 502, headers);
    if (isJson) {
      outgoing.end((await textOf(answer)).replaceAll(/"result":"[^"]*"/g, '"result":null'));
    } else {
      pipeline(answer, outgoing, () => {});
    }
  });
}

/** A handler that forwards everything except one header. */
function startProxy(
  url: string,
  withheld: string,
  pass: (answer: IncomingMessage, outgoing: ServerResponse) => unknown,
) {
  return listen((incoming, outgoing) => {
    const { [withheld]: _, host: __, ...headers } = incoming.headers;
    const { method } = incoming;
    const to = new URL(incoming.url ?? "/", url);
    incoming.pipe(request(to, { method, headers }, (answer) => pass(answer, outgoing)));
  });
}
