import { describe, expect, it } from "vitest";
import { allowedUrl, hiddenTarget } from "./link-policy.ts";

function shown(text: string, address: string): string | null {
  const url = allowedUrl(address);
  if (url === null) throw new Error(`${address} is not allowed.`);
  return hiddenTarget(url, text);
}

describe("the host of a link", () => {
  it.each([
    ["https://example.com", "https://example.com/"],
    ["example.com", "https://example.com/a"],
    ["EXAMPLE.com/a?b#c", "https://example.com/z"],
    ["http://example.com", "https://example.com"],
    ["www.example.com", "http://www.example.com"],
    ["https://example.com:443/a", "https://example.com/a"],
    ["example.com:8443", "https://example.com:8443/"],
    ["ada@example.com", "mailto:ada@example.com"],
    ["mailto:Ada@example.com", "mailto:ada@example.com?subject=x"],
  ])("is visible in the text %j of %s", (text, address) => {
    expect(shown(text, address)).toBeNull();
  });

  it.each([
    ["apple.com", "https://e.com/x", "e.com"],
    ["e.com", "https://le.com/x", "le.com"],
    ["see e.com", "https://e.com/x", "e.com"],
    ["apple.com", "https://apple.com.evil.com/", "apple.com.evil.com"],
    ["apple.com.evil.com", "https://evil.com/", "evil.com"],
    ["evil.com", "https://apple.com.evil.com/", "apple.com.evil.com"],
    ["apple.com@evil.com", "https://apple.com@evil.com/", "evil.com"],
    ["https://apple.com:80@evil.com", "https://apple.com:80@evil.com/", "evil.com"],
    ["apple.com/evil.com", "https://evil.com/", "evil.com"],
    ["apple.com?evil.com", "https://evil.com/", "evil.com"],
    ["apple.com\\evil.com", "https://evil.com/", "evil.com"],
    ["apple.com", "https://apple.com:8443/", "apple.com:8443"],
    ["apple.com:8443", "https://apple.com/", "apple.com"],
    ["apple.com:80", "https://apple.com/", "apple.com"],
    ["apple.com.", "https://apple.com/", "apple.com"],
    ["apple.com", "https://apple.com./", "apple.com."],
    ["аpple.com", "https://аpple.com/", "xn--pple-43d.com"],
    ["apple.com", "https://аpple.com/", "xn--pple-43d.com"],
    ["apple。com", "https://apple.com/", "apple.com"],
    ["ａpple.com", "https://apple.com/", "apple.com"],
    ["apple.com\u200b", "https://apple.com/", "apple.com"],
    ["\u202emoc.elppa", "https://apple.com/", "apple.com"],
    ["apple.com evil.com", "https://evil.com/", "evil.com"],
    ["ftp://apple.com", "https://apple.com/", "apple.com"],
    ["https://https://apple.com", "https://apple.com/", "apple.com"],
    ["example.com", "https://www.example.com/", "www.example.com"],
    ["0x7f.1", "http://0x7f.1/", "127.0.0.1"],
    ["", "https://evil.com/", "evil.com"],
    ["support@apple.com", "mailto:thief@evil.com", "thief@evil.com"],
    ["a@b.com", "mailto:a@b.com?bcc=thief@evil.com", "a@b.com, thief@evil.com"],
    ["a@b.com", "mailto:a@b.com?subject=x&BCC=thief@evil.com", "a@b.com, thief@evil.com"],
    ["Write to us", "mailto:a%40b@evil.com", "a@b@evil.com"],
    ["apple.com", "mailto:a@apple.com", "a@apple.com"],
  ])("is shown beside the text %j of %s: %s", (text, address, target) => {
    expect(shown(text, address)).toBe(target);
  });
});
