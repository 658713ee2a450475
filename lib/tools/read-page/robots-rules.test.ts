import { describe, expect, it } from "vitest";
import { processorMsOf } from "#test/support/processor-time.ts";
import { readRobotsRules } from "./robots-rules.ts";

const allows = (text: string, path: string) =>
  readRobotsRules(text, "enterprise-agentic-ai").allow(path);

describe("the rules of a robots.txt", () => {
  it.each([
    ["", "/a", true],
    ["User-agent: *\nDisallow:", "/a", true],
    ["User-agent: *\nDisallow: /", "/a", false],
    ["User-agent: *\nDisallow: /private", "/private/a", false],
    ["User-agent: *\nDisallow: /private", "/public", true],
    ["User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", true],
    ["User-agent: *\nAllow: /a/b\nDisallow: /a", "/a/c", false],
    ["User-agent: *\nAllow: /page\nDisallow: /page", "/page", true],
    ["User-agent: *\nDisallow: /*.php$", "/x/index.php", false],
    ["User-agent: *\nDisallow: /*.php$", "/x/index.php?a=b", true],
    ["User-agent: *\nDisallow: /*.php", "/x/index.php?a=b", false],
    ["User-agent: *\nDisallow: /a*b*c", "/a-b", true],
    ["User-agent: *\nDisallow: /a*b*c", "/axxbyyc", false],
    ["User-agent: *\nDisallow: /$", "/", false],
    ["User-agent: *\nDisallow: /$", "/a", true],
    ["User-agent: *\nDisallow: /a*a$", "/a", true],
    ["Disallow: /", "/a", true],
  ])("%j for %s: allowed is %s", (text, path, isAllowed) => {
    expect(allows(text, path)).toBe(isAllowed);
  });

  it("for this program count alone, in all groups that name it, in any case", () => {
    const text = [
      "User-Agent: *\nDisallow: /",
      "user-agent: Enterprise-Agentic-AI/2.0\nuser-agent: other\ndisallow: /one # why",
      "sitemap: https://a.example/sitemap.xml\nUSER-AGENT: enterprise-agentic-ai\nDisallow: /two",
    ].join("\r\n\r\n");
    expect(["/", "/one", "/two", "/three"].map((path) => allows(text, path))).toEqual([
      ...[true, false, false, true],
    ]);
  });

  it("for a program whose name begins the same do not count", () => {
    expect(allows("User-agent: enterprise-agentic-ai-other\nDisallow: /", "/a")).toBe(true);
  });

  it("apply whatever way a path is encoded", () => {
    const text = "User-agent: *\nDisallow: /straße\nDisallow: /%7Ejoe\nDisallow: /a%2fb";
    for (const path of ["/stra%C3%9Fe", "/stra%c3%9fe/1", "/~joe/", "/a%2Fb"]) {
      expect(allows(text, path), path).toBe(false);
    }
    expect(allows(text, "/a/b")).toBe(true);
  });

  it("with many stars take no time", () => {
    const text = `User-agent: *\nDisallow: /${"a*".repeat(5_000)}b`;
    const path = `/${"a".repeat(2_000)}`;
    expect(processorMsOf(() => expect(allows(text, path)).toBe(true))).toBeLessThan(1_000);
  });

  it("that are no rules are passed over", () => {
    expect(allows("<!doctype html>\n<h1>Disallow: /</h1>\n\0\uD800: x", "/a")).toBe(true);
  });
});
