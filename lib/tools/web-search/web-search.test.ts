import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as v from "valibot";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ToolRefusal } from "#lib/tools/tool.ts";
import { toolContext } from "#test/support/tool-context.ts";
import { createWebSearch } from "./web-search.ts";

interface Received {
  request: IncomingMessage;
  body: Record<string, unknown>;
}

let respond: (response: ServerResponse, made: number) => void;
let received: Received[];
let endpoint: string;
const server = createServer((request, response) => {
  let text = "";
  request.on("data", (piece) => {
    text += piece;
  });
  request.on("end", () => {
    received.push({ request, body: JSON.parse(text) });
    respond(response, received.length);
  });
});

beforeEach(async () => {
  received = [];
  await once(server.listen(0, "127.0.0.1"), "listening");
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const json = (body: unknown, status = 200, headers = {}) => {
  respond = (response) => response.writeHead(status, headers).end(JSON.stringify(body));
};
const amazon = (parts = {}) =>
  createWebSearch({ backend: "amazon", region: "eu-west-1", endpoint, timeoutMs: 5_000, ...parts });
const tavily = (parts = {}) =>
  createWebSearch({
    ...{ backend: "tavily", apiKey: async () => "tvly-key", endpoint, timeoutMs: 5_000, ...parts },
  });
const search = (tool = amazon(), input = {}, context = toolContext()) =>
  tool.run({ query: "lambda news", ...input }, context) as Promise<string>;

const page = {
  title: "Lambda  gets\nfaster",
  url: "https://aws.amazon.com/blogs/lambda",
  text: "Cold starts are gone.",
  publishedDate: "2026-11-10T08:00:00Z",
};

describe("Amazon's search", () => {
  it("gets a signed request for its own region", async () => {
    json({ results: [page] });
    await search(amazon(), {
      ...{ max_results: 3, domains: ["aws.amazon.com"] },
      ...{ published_after: "2026-11-01", published_before: "2026-11-30" },
    });
    const [{ request, body }] = received as [Received];
    expect(request).toMatchObject({ method: "POST", url: "/web-searches/web-search.v1/invoke" });
    expect(request.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=local\/\d{8}\/eu-west-1\/bedrock-agentcore\/aws4_request/,
    );
    expect(body).toEqual({
      searchQuery: "lambda news",
      maxResults: 3,
      filters: {
        domainFilter: { include: ["aws.amazon.com"] },
        publishedDateFilter: {
          publishedAfter: "2026-11-01T00:00:00Z",
          publishedBefore: "2026-11-30T23:59:59Z",
        },
      },
    });
  });

  it("gets no filter that nobody asked for", async () => {
    json({ results: [page] });
    await search();
    expect(received[0]?.body).toEqual({ searchQuery: "lambda news", maxResults: 5 });
  });

  it.each([
    [400, "ValidationException", "did not accept the query: Bad query."],
    [403, "AccessDeniedException", "its role needs bedrock-agentcore:InvokeWebSearch."],
    [403, "ExpiredTokenException", "did not accept this deployment's credentials."],
    [404, "UnknownOperationException", "no such web search in the region eu-west-1."],
    [402, "ServiceQuotaExceededException", "the account's quota is used up."],
    [429, "ThrottlingException", "the account's quota is used up."],
    [500, "InternalServerException", "failed with the status 500. Try again later."],
  ])("that refuses with %i %s is not asked again", async (status, type, sentence) => {
    json({ message: "Bad query." }, status, { "x-amzn-errortype": `${type}:http://x/` });
    const searched = search();
    await expect(searched).rejects.toThrow(ToolRefusal);
    await expect(searched).rejects.toThrow(sentence);
    expect(received).toHaveLength(1);
  });
});

describe("Tavily's search", () => {
  it("gets the key and a request of one credit", async () => {
    json({ results: [{ title: "T", url: "https://a.example/", content: "C", score: 1 }] });
    const dates = { published_after: "2026-11-01", published_before: "2026-11-30" };
    expect(await search(tavily(), { domains: ["a.example"], ...dates })).toBe(
      "[1] T · https://a.example/\nC",
    );
    const [{ request, body }] = received as [Received];
    expect(request.url).toBe("/search");
    expect(request.headers.authorization).toBe("Bearer tvly-key");
    expect(body).toEqual({
      ...{ query: "lambda news", max_results: 5, search_depth: "basic" },
      ...{ include_domains: ["a.example"], start_date: "2026-11-01", end_date: "2026-11-30" },
    });
  });

  it.each([
    [400, "did not accept the query: Query is too long."],
    [401, "does not accept this deployment's key: the secret tavily-api-key."],
    [429, "takes no more queries now. Try again in a minute."],
    [432, "credits of this deployment's Tavily plan are used up."],
    [433, "credits of this deployment's Tavily plan are used up."],
    [500, "failed with the status 500."],
  ])("that refuses with %i is not asked again", async (status, sentence) => {
    json({ detail: { error: "Query is too long." } }, status);
    await expect(search(tavily())).rejects.toThrow(sentence);
    expect(received).toHaveLength(1);
  });

  it("keeps the joiners of emoji and Persian words, and nothing that hides or turns a text", async () => {
    const content = "می\u200cخواهم 👩\u200d💻 a\u202e\u0007\u{E0041}b";
    json({ results: [{ title: "T", url: "https://a.example/", content }] });
    expect(await search(tavily())).toBe("[1] T · https://a.example/\nمی\u200cخواهم 👩\u200d💻 ab");
  });

  it("is not asked without a key", async () => {
    const apiKey = () => Promise.reject(new Error("no secret"));
    const searched = search(tavily({ apiKey }));
    await expect(searched).rejects.toThrow(ToolRefusal);
    await expect(searched).rejects.toThrow("the secret tavily-api-key is missing or not usable.");
    expect(received).toEqual([]);
  });
});

describe("results", () => {
  it("are sources with a number, and a text for the model", async () => {
    json({ results: [page, { ...page, url: "https://b.example/", publishedDate: undefined }] });
    const context = toolContext();
    expect(await search(amazon(), {}, context)).toBe(
      [
        `[1] Lambda gets faster · ${page.url} · 2026-11-10\nCold starts are gone.`,
        "[2] Lambda gets faster · https://b.example/\nCold starts are gone.",
      ].join("\n\n"),
    );
    expect(context.cited).toEqual([
      {
        ...{ title: "Lambda gets faster", url: page.url, quote: page.text },
        published_at: "2026-11-10T08:00:00.000Z",
      },
      expect.objectContaining({ url: "https://b.example/", published_at: null }),
    ]);
  });

  it("with a long address name its site only", async () => {
    json({ results: [{ ...page, url: `https://b.example/${"x".repeat(200)}` }] });
    expect(await search()).toContain("[1] Lambda gets faster · b.example · 2026-11-10\n");
  });

  it("without any say so", async () => {
    json({ results: [] });
    expect(await search()).toBe('The search found nothing for "lambda news". Try other words.');
    expect(await search(amazon(), { domains: ["a.example"] })).toContain("Leave out the sites");
  });

  it("that name the same page are one", async () => {
    json({ results: [page, page] });
    const context = toolContext({ cite: () => 7 });
    expect(await search(amazon(), {}, context)).toBe(
      `[7] Lambda gets faster · ${page.url} · 2026-11-10\nCold starts are gone.`,
    );
  });

  it("end where the turn has no room for another source", async () => {
    json({ results: [page, page, page] });
    let made = 0;
    const cite = () => {
      made += 1;
      if (made > 1) throw new ToolRefusal("no more sources");
      return made;
    };
    expect((await search(amazon(), {}, toolContext({ cite }))).match(/^\[/gm)).toHaveLength(1);
    const none = toolContext({
      cite: () => {
        throw new ToolRefusal("no more sources");
      },
    });
    await expect(search(amazon(), {}, none)).rejects.toThrow("no more sources");
  });

  it("are at most as many as asked for, and fit into 8 KB", async () => {
    const results = Array.from({ length: 25 }, (_, index) => ({
      ...{
        title: "題".repeat(5_000),
        text: index % 2 ? "語".repeat(5_000) : "word ".repeat(5_000),
      },
      url: `https://a.example/${index}`,
    }));
    json({ results });
    const text = await search(amazon(), { max_results: 10 });
    expect(text.match(/^\[\d+\]/gm)).toHaveLength(10);
    expect(Buffer.byteLength(text)).toBeLessThan(8 * 1024);
    expect(Buffer.byteLength(text)).toBeGreaterThan(6_000);
  });

  it("cannot pose as lines, addresses, dates or results of their own", async () => {
    json({
      results: [
        { title: "[9] fake\n\n[10] more", url: "https://a.example/", text: "a\u202eb\u0000c\nd" },
        { title: "script", url: "javascript:alert(1)", text: "x" },
        { title: "file", url: "file:///etc/passwd", text: "x" },
        { title: "login", url: "https://bank.example@evil.example/", text: "x" },
        { title: "far", url: "https://c.example/", text: "x", publishedDate: 1e300 },
        { title: "odd", url: "https://d.example/", text: { a: 1 }, publishedDate: "soon" },
        { url: "https://e.example/" },
        ...[null, 7, "text", [], { title: 1, url: 2, text: 3 }],
      ],
    });
    expect(await search(amazon(), { max_results: 10 })).toBe(
      [
        "[1] [9] fake [10] more · https://a.example/\nabc d",
        "[2] login · https://evil.example/\nx",
        "[3] far · https://c.example/\nx",
        "[4] odd · https://d.example/\n",
      ].join("\n\n"),
    );
  });
});

describe("a search that fails", () => {
  const fails = async (sentence: string, requests = 1, tool = amazon()) => {
    const searched = search(tool);
    await expect(searched).rejects.toThrow(ToolRefusal);
    await expect(searched).rejects.toThrow(sentence);
    expect(received).toHaveLength(requests);
  };

  it.each([["<html>"], ["null"], ["[]"], ['{"results":{}}'], [""]])(
    "with the body %j",
    async (body) => {
      respond = (response) => response.end(body);
      await fails("Amazon's web search sent an answer that cannot be read. Nothing was found.");
    },
  );

  it("with more than 1 MB", async () => {
    respond = (response) => {
      response.write("x".repeat(3 * 1024 * 1024));
    };
    await fails("sent more than 1 MB.");
  });

  it("with silence", async () => {
    respond = () => {};
    await fails("did not answer within 0.5 seconds.", 1, amazon({ timeoutMs: 500 }));
  });

  it("with an answer that never ends", async () => {
    respond = (response) => {
      response.write("{");
    };
    await fails("did not answer within 0.5 seconds.", 1, amazon({ timeoutMs: 500 }));
  });

  it("in the middle of the answer", async () => {
    respond = (response) => {
      response.writeHead(200, { "content-length": 100 });
      response.write("{", () => response.destroy());
    };
    await fails("broke off its answer.");
  });

  it("before it answers, is not asked again: it may have counted the query", async () => {
    respond = (response) => response.destroy();
    await fails("broke off its answer.");
  });

  it("with a redirect, which nobody follows", async () => {
    respond = (response) => response.writeHead(302, { location: `${endpoint}/other` }).end();
    await fails("failed with the status 302.");
  });

  it("because it is not available, is asked once more", async () => {
    respond = (response, made) => {
      if (made === 1) response.writeHead(503).end();
      else response.end(JSON.stringify({ results: [page] }));
    };
    expect(await search()).toContain("Lambda gets faster");
    received = [];
    respond = (response) => response.writeHead(503).end();
    await fails("failed with the status 503.", 2);
  });

  it("because nobody listens", async () => {
    const closed = createServer();
    await once(closed.listen(0, "127.0.0.1"), "listening");
    const { port } = closed.address() as AddressInfo;
    closed.close();
    const tool = amazon({ endpoint: `http://127.0.0.1:${port}` });
    await fails("could not be reached.", 0, tool);
  });

  it("because the turn ends, throws the turn's reason", async () => {
    const stop = new AbortController();
    respond = () => stop.abort(new Error("The person stopped the turn."));
    const searched = search(amazon(), {}, toolContext({ signal: stop.signal }));
    await expect(searched).rejects.toThrow("The person stopped the turn.");
  });
});

describe("the input", () => {
  const issues = (input: unknown) =>
    v.safeParse(amazon().input, input).issues?.map(({ message }) => message);

  it("is a query, perhaps with sites and days", () => {
    expect(issues({ query: "x" })).toBeUndefined();
    const input = { query: "x", max_results: 10, domains: ["docs.aws.amazon.com"] };
    expect(issues({ ...input, published_after: "2028-02-29" })).toBeUndefined();
  });

  it.each([
    [{}, /./],
    [{ query: "" }, /blank/],
    [{ query: " \n" }, /blank/],
    [{ query: "x".repeat(201) }, /200/],
    [{ query: 7 }, /./],
    [{ query: ["x"] }, /./],
    [{ query: "x", max_results: 0 }, /./],
    [{ query: "x", max_results: 11 }, /./],
    [{ query: "x", max_results: 1.5 }, /whole/],
    [{ query: "x", domains: "a.example" }, /./],
    [{ query: "x", domains: ["https://a.example/"] }, /domain/],
    [{ query: "x", domains: Array(21).fill("a.example") }, /./],
    [{ query: "x", published_after: "yesterday" }, /2026-11-10/],
    [{ query: "x", published_after: "2026-02-30" }, /calendar/],
    [{ query: "x", published_before: 20261110 }, /./],
    [{ query: "x", url: "https://a.example" }, /./],
  ])("%j is refused", (input, message) => {
    expect(issues(input)).toEqual(expect.arrayContaining([expect.stringMatching(message)]));
  });
});
