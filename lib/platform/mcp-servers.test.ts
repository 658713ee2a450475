import { describe, expect, it } from "vitest";
import { readMcpServers } from "./mcp-servers.ts";

const url = "https://tracker.example.com/mcp";
const read = (value: unknown, deployed = true) => readMcpServers(JSON.stringify(value), deployed);
const withServer = (changes: object) => ({ servers: [{ name: "tracker", url, ...changes }] });
const faultsOf = (value: unknown, deployed?: boolean) => {
  const result = read(value, deployed);
  return "faults" in result ? result.faults.join("; ") : undefined;
};

it("servers have defaults: every tool is allowed, and none only reads", () => {
  expect(read(withServer({ headers: { authorization: "Bearer k" } }))).toEqual({
    servers: [
      {
        ...{ name: "tracker", url, headers: { authorization: "Bearer k" } },
        ...{ allow: ["*"], reads: [] },
      },
    ],
  });
});

it("patterns choose the tools", () => {
  expect(faultsOf(withServer({ allow: ["get_*", "a.b/c-d"], reads: ["get_*"] }))).toBeUndefined();
});

describe("refused is", () => {
  const one = { name: "tracker", url };
  it.each([
    [{}, "the value must be a JSON object with a list of servers"],
    [[], "the value must be a JSON object with a list of servers"],
    ["secret", "the value must be a JSON object with a list of servers"],
    [{ servers: {} }, "the value must be a JSON object with a list of servers"],
    [{ servers: [] }, "servers must be 1 to 10"],
    [{ servers: ["https://secret"] }, "servers.0 must be a JSON object with name and url"],
    [{ servers: [one, one] }, "servers must have different names"],
    // A tool "new_create" of the first would have the name of the second's tool "create", and the policy for it.
    [
      { servers: [one, { name: "tracker_new", url }] },
      "no server's name may begin with that of another and _",
    ],
    [withServer({ name: "Tracker" }), "servers.0.name must be 1 to 21 of a-z"],
    [withServer({ name: "x".repeat(22) }), "servers.0.name must be 1 to 21 of a-z"],
    [withServer({ url: "http://secret.example/" }), "servers.0.url must begin with https://"],
    [withServer({ url: "http://127.0.0.1:1/" }), "servers.0.url must begin with https://"],
    [withServer({ url: "https://me:secret@a.example/" }), "must not hold a user or a password"],
    [withServer({ url: "https://a.example/#secret" }), "must not have a fragment"],
    [withServer({ url: "secret" }), "servers.0.url must be a URL"],
    [withServer({ url: 1 }), "servers.0.url must be a URL"],
    [withServer({ headers: { "a b": "secret" } }), "has a name that is not a header's"],
    [withServer({ headers: { Host: "secret" } }), "has a header that the protocol sets itself"],
    [withServer({ headers: { "MCP-Session-Id": "secret" } }), "that the protocol sets itself"],
    [withServer({ headers: { "x-key": "a\nsecret" } }), "has a value that is not a line"],
    [withServer({ headers: { "x-key": 1 } }), "has a value that is not a line"],
    [withServer({ headers: ["secret"] }), "servers.0.headers must be a JSON object"],
    [withServer({ allow: "*" }), "servers.0.allow must be a list"],
    [withServer({ allow: ["secret tool"] }), "servers.0.allow must be a list"],
    [withServer({ reads: [1] }), "servers.0.reads must be a list"],
    // Without this a misspelt `allow` would allow everything.
    [withServer({ alow: [] }), "servers.0 may have only name, url, headers, allow and reads"],
  ])("%j", (value, fault) => {
    expect(faultsOf(value)).toContain(fault);
    expect(faultsOf(value)).not.toContain("secret");
  });

  it("what is no JSON", () => {
    expect(readMcpServers("{secret", true)).toEqual({
      faults: ["the value must be a JSON object with a list of servers"],
    });
  });
});

it("the twin may call its own machine, and no other without https", () => {
  for (const host of ["127.0.0.1:4000", "localhost:4000", "[::1]:4000"]) {
    expect(faultsOf(withServer({ url: `http://${host}/mcp` }), false)).toBeUndefined();
  }
  expect(faultsOf(withServer({ url: "http://10.0.0.1/mcp" }), false)).toBe(
    "servers.0.url must begin with https://",
  );
});
