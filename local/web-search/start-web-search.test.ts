import { afterAll, describe, expect, it } from "vitest";
import { createRequestSigner, twinCredentials } from "#lib/platform/sign-request.ts";
import { startWebSearch } from "./start-web-search.ts";

const documentation = "http://127.0.0.1:4000";
const server = await startWebSearch(documentation);
afterAll(() => server.close());

const toolPath = "/web-searches/web-search.v1/invoke";

interface Changes {
  path?: string;
  signedPath?: string;
  body?: string;
  signedBody?: string;
  service?: string;
  secretAccessKey?: string;
  region?: string;
}

/** Sends a signed request, in which something may differ from what was signed. */
async function post(body: unknown, changes: Changes = {}) {
  const { path = toolPath, service = "bedrock-agentcore", region = "eu-west-1" } = changes;
  const { secretAccessKey = twinCredentials.secretAccessKey } = changes;
  const text = changes.body ?? JSON.stringify(body);
  const sign = createRequestSigner({
    ...{ service, region },
    credentials: { ...twinCredentials, secretAccessKey },
  });
  const headers = await sign({
    path: changes.signedPath ?? path,
    headers: { host: new URL(server.endpoint).host },
    body: Buffer.from(changes.signedBody ?? text),
  });
  const { host: _, ...sent } = headers;
  const response = await fetch(`${server.endpoint}${path}`, {
    ...{ method: "POST", headers: sent, body: text },
  });
  return { ...(await answerOf(response)), type: response.headers.get("x-amzn-errortype") };
}

async function answerOf(response: Response) {
  const body = (await response.json()) as {
    results?: { text: string; title: string; url: string }[];
    message?: string;
    reason?: string;
  };
  return { status: response.status, body };
}

const found = async (body: object) => (await post(body)).body.results ?? [];

describe("a search", () => {
  it("finds sections of the documentation, with their address on the site", async () => {
    expect(await found({ searchQuery: "connect Ollama", maxResults: 3 })).toContainEqual({
      text: expect.stringContaining("Ollama runs open models on your own machine"),
      title: "Ollama, on this machine · Connect a real model (documentation of this project)",
      url: `${documentation}/docs/connect-a-model#ollama-on-this-machine`,
    });
  });

  it("returns as many results as asked for, and 25 by default", async () => {
    expect(await found({ searchQuery: "turn", maxResults: 2 })).toHaveLength(2);
    expect(await found({ searchQuery: "turn" })).toHaveLength(25);
  });

  it("finds nothing for words that no page has", async () => {
    expect(await found({ searchQuery: "zebra weather Honolulu" })).toEqual([]);
  });

  it("finds nothing on other sites, and nothing by date", async () => {
    const search = (filters: object) => found({ searchQuery: "lease", filters });
    expect(await search({ domainFilter: { include: ["example.com"] } })).toEqual([]);
    expect(await search({ domainFilter: { exclude: ["127.0.0.1"] } })).toEqual([]);
    expect(
      await search({ publishedDateFilter: { publishedAfter: "2026-01-01T00:00:00Z" } }),
    ).toEqual([]);
    expect(await search({ domainFilter: { include: ["127.0.0.1"] } })).not.toEqual([]);
  });
});

describe("the service refuses", () => {
  it.each([
    [{}, "searchQuery"],
    [{ searchQuery: "" }, "1 to 200 characters"],
    [{ searchQuery: "x".repeat(201) }, "1 to 200 characters"],
    [{ searchQuery: 7 }, "must be a string"],
    [{ searchQuery: "x", maxResults: 0 }, "from 1 to 25"],
    [{ searchQuery: "x", maxResults: 26 }, "from 1 to 25"],
    [{ searchQuery: "x", maxResults: 1.5 }, "whole number"],
    [{ searchQuery: "x", maxResults: "3" }, "must be a number"],
    [{ searchQuery: "x", pages: 1 }, "pages"],
    [{ searchQuery: "x", filters: { domainFilter: { include: [] } } }, "must not be empty"],
    [
      { searchQuery: "x", filters: { domainFilter: { exclude: Array(101).fill("a.example") } } },
      "at most 100 names",
    ],
    [
      { searchQuery: "x", filters: { publishedDateFilter: { publishedAfter: "yesterday" } } },
      "timestamp",
    ],
    [
      {
        searchQuery: "x",
        filters: {
          publishedDateFilter: {
            publishedAfter: "2026-02-01T00:00:00Z",
            publishedBefore: "2026-01-01T00:00:00Z",
          },
        },
      },
      "must not be later",
    ],
    [[1], "searchQuery"],
  ])("%j as invalid", async (body, message) => {
    const refused = await post(body);
    expect(refused).toMatchObject({ status: 400, type: "ValidationException" });
    expect(refused.body.reason).toBe("FieldValidationFailed");
    expect(refused.body.message?.toLowerCase()).toContain(message.toLowerCase());
  });

  it("a body that is not JSON", async () => {
    const refused = await post(undefined, { body: "{" });
    expect(refused).toMatchObject({ status: 400, type: "ValidationException" });
    expect(refused.body.reason).toBe("CannotParse");
  });

  it("a body of more than 32 KiB", async () => {
    const refused = await post({ searchQuery: "x", pad: "x".repeat(33 * 1024) });
    expect(refused).toMatchObject({ status: 400, type: "ValidationException" });
  });

  it("an unknown tool, path or method", async () => {
    const other = await post({ searchQuery: "x" }, { path: "/web-searches/other.v1/invoke" });
    expect(other).toMatchObject({ status: 404, type: "ResourceNotFoundException" });
    const path = await post({ searchQuery: "x" }, { path: "/web-searches" });
    expect(path).toMatchObject({ status: 404, type: "UnknownOperationException" });
    expect((await fetch(`${server.endpoint}${toolPath}`)).status).toBe(404);
  });

  it("a request without a signature", async () => {
    const body = JSON.stringify({ searchQuery: "x" });
    const response = await fetch(`${server.endpoint}${toolPath}`, { method: "POST", body });
    expect(response.headers.get("x-amzn-errortype")).toBe("MissingAuthenticationTokenException");
    expect(response.status).toBe(403);
  });

  it.each<[string, Changes]>([
    ["another key", { secretAccessKey: "other" }],
    ["another service", { service: "bedrock" }],
    ["another path", { signedPath: "/web-searches/web-search.v2/invoke" }],
    ["another body", { signedBody: '{"searchQuery":"other"}' }],
  ])("the signature of %s", async (_what, changes) => {
    const refused = await post({ searchQuery: "x" }, changes);
    expect(refused).toMatchObject({ status: 403, type: "InvalidSignatureException" });
  });
});
