import * as v from "valibot";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ToolRefusal } from "#lib/tools/tool.ts";
import { json, sampleQuote, startQuoteService } from "#test/support/quote-service.ts";
import { startRateLimitTable, tableName } from "#test/support/rate-limit-table.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { toolContext } from "#test/support/tool-context.ts";
import { createMarketData } from "./market-data.ts";
import type { MarketDataOptions } from "./read-quotes.ts";

const apiKey = "key-that-nobody-may-see";
const sentAt = Date.parse("2026-11-28T12:00:00Z");
const line =
  "ZZTEST, Test Company (NASDAQ): 227.5, change -1.19 (-0.52 %), volume 40218340, at 2026-11-27T21:00:00.000Z";

let table: Awaited<ReturnType<typeof startRateLimitTable>>;
let service: Awaited<ReturnType<typeof startQuoteService>>;
let telemetry: ReturnType<typeof recordingTelemetry>;
let nowMs: number;
beforeAll(() => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
});
beforeEach(async () => {
  nowMs = sentAt;
  telemetry = recordingTelemetry();
  [table, service] = await Promise.all([startRateLimitTable(), startQuoteService(apiKey)]);
  service.responses.set("ZZTEST", json([sampleQuote]));
});
afterEach(() => Promise.all([table.stop(), service.close()]));
afterAll(() => {
  vi.unstubAllEnvs();
});

interface InstanceOptions {
  dailyCalls?: number;
  tableEndpoint?: string;
}

/** An instance of a function has a tool of its own. */
function openInstance(options: Partial<MarketDataOptions> & InstanceOptions = {}) {
  const { dailyCalls = 240, tableEndpoint = table.endpoint, ...others } = options;
  return createMarketData({
    config: {
      // As in the twin, whose DynamoDB may take its time.
      ...{ environment: "local", region: "us-east-1", version: "1.2.3" },
      ...{ rateLimitTable: tableName, marketDataDailyCalls: dailyCalls },
      endpoints: { dynamodb: tableEndpoint },
    },
    apiKey: async () => apiKey,
    ...{ telemetry: telemetry.telemetry, endpoint: service.address },
    now: () => nowMs,
    ...others,
  });
}
async function quote(symbols: string[], tool = openInstance(), context = toolContext()) {
  const output = await tool.run({ symbols }, context);
  return typeof output === "string" ? { text: output, table: undefined } : output;
}
async function refusal(symbols = ["ZZTEST"], tool = openInstance()): Promise<string> {
  const error = await quote(symbols, tool).then(
    ({ text }) => new Error(`no refusal but ${text}`),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ToolRefusal);
  const { message } = error as Error;
  expect(message).not.toContain(apiKey);
  return message;
}

describe("a quote", () => {
  it("has price, change, volume, time and source, and is cited", async () => {
    const context = toolContext();
    const { text, table: shown } = await quote(["ZZTEST"], openInstance(), context);
    expect(text).toBe(`[1] ${line}\nSource: Financial Modeling Prep.`);
    expect(context.cited).toEqual([
      {
        title: "Test Company: quote of Financial Modeling Prep",
        url: "https://financialmodelingprep.com/financial-summary/ZZTEST",
        ...{ quote: line, published_at: "2026-11-27T21:00:00.000Z" },
      },
    ]);
    expect(shown?.rows).toEqual([
      [
        ...["ZZTEST", "Test Company", 227.5, null, -1.19, -0.52, 40_218_340],
        "2026-11-27T21:00:00.000Z",
      ],
    ]);
  });

  it("is asked for once per symbol, with the key in a header only", async () => {
    service.responses.set("^A=B-C", json([{ ...sampleQuote, symbol: "^A=B-C" }]));
    await quote([" zztest ", "ZZTEST", "^a=b-c"]);
    expect(service.requests.map(({ url }) => url).toSorted()).toEqual([
      "/stable/quote?symbol=%5EA%3DB-C",
      "/stable/quote?symbol=ZZTEST",
    ]);
    for (const { headers } of service.requests) {
      expect(headers).toMatchObject({
        apikey: apiKey,
        "user-agent": "enterprise-agentic-ai/1.2.3",
      });
    }
  });

  it("has only what the service gave", async () => {
    const { symbol } = sampleQuote;
    service.responses.set(symbol, json([{ symbol, price: 5, currency: "EUR", change: null }]));
    expect((await quote([symbol])).text).toContain("[1] ZZTEST: 5 EUR, time not given\n");
    service.responses.set(
      symbol,
      json([{ symbol, price: 5, timestamp: 9e12, changePercentage: 1 }]),
    );
    expect((await quote([symbol])).text).toContain("[1] ZZTEST: 5, change 1 %, time not given\n");
  });

  it("that is missing is named with the reason, beside those that are there", async () => {
    service.responses.set("PAID", json("Premium", 402));
    service.responses.set("DOWN", json("<html>", 502));
    const { text } = await quote(["ZZTEST", "NONE", "ZZTEST2", "PAID", "DOWN"]);
    expect(text.split("\n").slice(1)).toEqual([
      "No quote for NONE, ZZTEST2: Financial Modeling Prep does not know the symbol.",
      "No quote for PAID: Financial Modeling Prep gave none, because this system's plan does not include it (status 402).",
      "No quote for DOWN: Financial Modeling Prep gave none, because it answered with the status 502.",
      "Source: Financial Modeling Prep.",
    ]);
  });
});

describe("there is no quote, and no number, if the service", () => {
  const html = (status: number) =>
    json("<html>227.50</html>", status, { "content-type": "text/html" });
  it.each([
    ["knows no such symbol", json([]), "does not know the symbol"],
    [
      "returns another symbol",
      json([{ ...sampleQuote, symbol: "OTHER" }]),
      "does not know the symbol",
    ],
    ["says that nothing is there", json([], 404), "does not know the symbol"],
    [
      "wants a paid plan",
      json("Premium", 402),
      "this system's plan does not include it (status 402)",
    ],
    [
      "refuses the key",
      json({ "Error Message": "Invalid API KEY." }, 401),
      "refuses this system's API key (status 401)",
    ],
    ["forbids it", json({}, 403), "refuses this system's API key (status 403)"],
    [
      "has no requests left",
      json({}, 429, { "retry-after": "77" }),
      "is used up (status 429); it may be asked again in 77 s",
    ],
    [
      "names a time",
      json({}, 429, { "retry-after": "Sat, 28 Nov 2026 12:01:00 GMT" }),
      "it may be asked again in 60 s",
    ],
    ["names no time", json({}, 429, { "retry-after": "soon" }), "is used up (status 429)."],
    ["is broken", html(500), "answered with the status 500"],
    ["is away", html(503), "answered with the status 503"],
    [
      "redirects",
      json("", 302, { location: "https://evil.example/" }),
      "answered with the status 302",
    ],
    ["returns a page", html(200), "its answer is not a quote"],
    ["returns an error as a success", json({ "Error Message": "x" }), "its answer is not a quote"],
    ["returns NaN", json('[{"symbol":"ZZTEST","price":NaN}]'), "its answer is not a quote"],
    [
      "returns an infinite price",
      json('[{"symbol":"ZZTEST","price":1e999}]'),
      "its answer is not a quote",
    ],
    [
      "returns a price as text",
      json([{ symbol: "ZZTEST", price: "227.5" }]),
      "its answer is not a quote",
    ],
    ["returns no price", json([{ symbol: "ZZTEST" }]), "its answer is not a quote"],
    ["returns null", json("null"), "its answer is not a quote"],
    ["returns nothing", json(""), "its answer is not a quote"],
    ["returns far too much", json(`[${" ".repeat(100_000)}]`), "its answer is not a quote"],
    [
      "breaks off",
      (response) =>
        response.writeHead(200, { "content-length": 9 }).write("[", () => response.destroy()),
      "it could not be reached",
    ],
    ["hangs up", (response) => response.destroy(), "it could not be reached"],
  ] satisfies [string, Parameters<typeof service.responses.set>[1], string][])(
    "%s",
    async (_what, response, reason) => {
      service.responses.set("ZZTEST", response);
      const sentence = await refusal();
      expect(sentence).toMatch(
        /^there is no quote\. No quote for ZZTEST: Financial Modeling Prep /,
      );
      expect(sentence).toContain(reason);
      expect(sentence).not.toContain("227");
    },
  );

  it("says nothing", async () => {
    service.responses.set("ZZTEST", () => {});
    const sentence = await refusal(["ZZTEST"], openInstance({ timeoutMs: 500 }));
    expect(sentence).toContain("it did not answer within 0.5 seconds");
  });

  it("gets a wrong key, which nobody sees", async () => {
    const wrong = openInstance({ apiKey: async () => "another-secret-key" });
    const sentence = await refusal(["ZZTEST"], wrong);
    expect(sentence).toContain("status 401");
    expect(sentence).not.toContain("another-secret-key");
    expect(JSON.stringify(telemetry.lines)).not.toContain("secret-key");
  });

  it("is not asked without a key, and nothing of the day's allowance is taken", async () => {
    const unreadable = async () => Promise.reject(new Error("There is no such secret."));
    const without = openInstance({ apiKey: unreadable, dailyCalls: 1 });
    expect(await refusal(["ZZTEST"], without)).toBe(
      "the key of Financial Modeling Prep cannot be read: the secret fmp-api-key is missing or not usable.",
    );
    expect(service.requests).toEqual([]);
    expect((await quote(["ZZTEST"], openInstance({ dailyCalls: 1 }))).text).toContain("227.5");
  });

  it("cannot be reached at all", async () => {
    const tool = openInstance({ endpoint: "http://127.0.0.1:9" });
    expect(await refusal(["ZZTEST"], tool)).toContain("it could not be reached");
  });

  it("is asked by a turn that ends", async () => {
    const stop = new AbortController();
    service.responses.set("ZZTEST", () => stop.abort(new Error("stopped")));
    const stopped = quote(["ZZTEST"], openInstance(), toolContext({ signal: stop.signal }));
    await expect(stopped).rejects.toThrow("stopped");
  });
});

describe("two instances", () => {
  it("ask a failing service three times, and not again for 30 s", async () => {
    const [one, two] = [openInstance(), openInstance()];
    service.responses.set("ZZTEST", json({}, 500));
    for (const tool of [one, two, one]) await refusal(["ZZTEST"], tool);
    service.responses.set("ZZTEST", json([sampleQuote]));
    nowMs += 10_000;
    expect(await refusal(["ZZTEST"], two)).toBe(
      "Financial Modeling Prep has failed several times and is not asked for 20 s. There is no quote.",
    );
    expect(service.requests).toHaveLength(3);
    nowMs += 20_000;
    expect((await quote(["ZZTEST"], two)).text).toContain("227.5");
    expect((await quote(["ZZTEST"], one)).text).toContain("227.5");
  });

  it("go on asking a service that only knows no such symbol", async () => {
    for (const _ of [1, 2, 3, 4]) await refusal(["NONE"]);
    expect((await quote(["ZZTEST"])).text).toContain("227.5");
  });

  it("share one allowance a day, which counts symbols", async () => {
    const [one, two] = [openInstance({ dailyCalls: 3 }), openInstance({ dailyCalls: 3 })];
    await quote(["ZZTEST", "NONE"], one);
    const sentence =
      "this system's daily allowance for Financial Modeling Prep is used up until midnight UTC. There is no quote.";
    expect(await refusal(["ZZTEST", "NONE"], two)).toBe(sentence);
    await quote(["ZZTEST"], two);
    expect(await refusal(["ZZTEST"], one)).toBe(sentence);
    expect(service.requests).toHaveLength(3);
  });

  it("give quotes without DynamoDB, too", async () => {
    const tool = openInstance({ tableEndpoint: "http://127.0.0.1:9" });
    expect((await quote(["ZZTEST"], tool)).text).toContain(line);
    expect(telemetry.lines.map(({ event }) => event)).toEqual([
      ...["breaker.unavailable", "calls.not_counted"],
    ]);
  });
});

describe("the input", () => {
  const issues = (input: unknown) =>
    v.safeParse(openInstance().input, input).issues?.map(({ message }) => message);

  it.each(["AAPL", " brk-b ", "^GSPC", "EURUSD", "SAP.DE", "GC=F", "7203.T"])(
    "may be %j",
    (symbol) => {
      expect(issues({ symbols: [symbol] })).toBeUndefined();
    },
  );

  it.each([
    [{}, /./],
    [{ symbols: "AAPL" }, /./],
    [{ symbols: [] }, "must have at least one symbol"],
    [{ symbols: Array(11).fill("AAPL") }, "must have at most 10 symbols"],
    [{ symbols: [""] }, "must be a symbol like AAPL or BRK-B"],
    [{ symbols: ["Apple Inc."] }, "must be a symbol like AAPL or BRK-B"],
    [{ symbols: ["AAPL&apikey=x"] }, "must be a symbol like AAPL or BRK-B"],
    [{ symbols: ["A".repeat(17)] }, "must be a symbol like AAPL or BRK-B"],
    [{ symbols: ["../../v3"] }, "must be a symbol like AAPL or BRK-B"],
    [{ symbols: [5] }, /./],
    [{ symbols: ["AAPL"], key: "x" }, /./],
  ])("%j is refused", (input, message) => {
    expect(issues(input)).toEqual([expect.stringMatching(message)]);
  });
});
