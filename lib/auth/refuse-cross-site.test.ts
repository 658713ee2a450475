import { describe, expect, it } from "vitest";
import { httpRequest } from "#test/support/http-request.ts";
import { refuseCrossSite } from "./refuse-cross-site.ts";
import type { SessionUse } from "./session-token.ts";

const own = "https://chat.example";

async function outcome(headers: Record<string, string>, use?: SessionUse) {
  const event = httpRequest({ method: "POST", headers });
  if (use) Object.assign(event, { signedSession: { use } });
  try {
    await refuseCrossSite(own).before?.({ event } as never);
    return "passes";
  } catch (error) {
    return error;
  }
}

const refused = expect.objectContaining({ type: "cross_site", status: 403 });

describe("refuseCrossSite", () => {
  it.each([
    ["the page itself", { "sec-fetch-site": "same-origin", origin: own }, "passes"],
    ["the page itself, a GET", { "sec-fetch-site": "same-origin" }, "passes"],
    ["an older browser on our page", { origin: own }, "passes"],
    ["curl", {}, "passes"],
    ["another site", { "sec-fetch-site": "cross-site", origin: "https://evil.example" }, refused],
    ["another site's image or script", { "sec-fetch-site": "cross-site" }, refused],
    ["a sibling of our site", { "sec-fetch-site": "same-site", origin: own }, refused],
    ["a typed address or a bookmark", { "sec-fetch-site": "none" }, refused],
    ["an empty Sec-Fetch-Site", { "sec-fetch-site": "", origin: own }, refused],
    ["an older browser on another site", { origin: "https://evil.example" }, refused],
    ["a sandboxed frame", { origin: "null" }, refused],
    ["our host on plain http", { origin: "http://chat.example" }, refused],
    ["our host on another port", { origin: "https://chat.example:8443" }, refused],
    ["a host that ends like ours", { origin: "https://evil-chat.example" }, refused],
  ])("%s", async (_case, headers, expected) => {
    expect(await outcome(headers)).toEqual(expected);
    expect(await outcome(headers, "cookie")).toEqual(expected);
  });

  it("a request with a bearer token passes from any origin", async () => {
    expect(await outcome({ origin: "https://tool.example" }, "bearer")).toBe("passes");
  });
});

it("without a public origin every origin is refused", async () => {
  const event = httpRequest({ headers: { origin: own } });
  const before = async () => refuseCrossSite(undefined).before?.({ event } as never);
  await expect(before()).rejects.toMatchObject({ status: 403 });
});
