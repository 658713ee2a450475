import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { maxSources } from "#lib/contract/source.ts";
import { ToolRefusal } from "#lib/tools/tool.ts";
import { createSourceList } from "./source-list.ts";

const source = (url: string) => ({ title: "A page", url, quote: "It says so." });

describe("the sources of a turn", () => {
  it("are numbered from 1, the same address once", () => {
    const list = createSourceList([]);
    const numbers = ["https://a.example/", "https://b.example/x", "https://A.example"].map(
      (url) => list.number(source(url)).index,
    );
    expect(numbers).toEqual([1, 2, 1]);
  });

  it("go on after those of an earlier part, and know them", () => {
    const earlier = [{ index: 7, ...source("https://a.example/") }];
    const list = createSourceList(earlier);
    const known = list.number(source("https://a.example/"));
    expect(known.index).toBe(7);
    expect(list.number(source("https://b.example/")).index).toBe(8);
    expect(list.show([known])).toEqual([]);
  });

  it("are shown once, also if two calls have found them", () => {
    const list = createSourceList([]);
    const found = list.number(source("https://a.example/"));
    expect(list.show([found, found])).toEqual([found]);
    expect(list.show([found])).toEqual([]);
  });

  it("of one document are its passages", () => {
    const list = createSourceList([]);
    const passage = (chunk_id: string, quote: string) =>
      list.number({ title: "Report", document_id: randomUUID(), chunk_id, quote }).index;
    expect([passage("8", "a"), passage("9", "a"), passage("8", "a, cut")]).toEqual([1, 2, 1]);
  });

  it("are at most 64", () => {
    const list = createSourceList([]);
    for (let page = 0; page < maxSources; page += 1)
      list.number(source(`https://a.example/${page}`));
    expect(() => list.number(source("https://b.example/"))).toThrow(ToolRefusal);
    expect(list.number(source("https://a.example/0")).index).toBe(1);
  });
});

describe("a source", () => {
  const numbered = (changes: object) =>
    createSourceList([]).number({ ...source("https://a.example/"), ...changes });

  it.each([
    "javascript:alert(1)",
    "data:text/html,x",
    "ftp://a.example/",
    "//a.example/",
    "not an address",
    `https://a.example/${"x".repeat(2_000)}`,
  ])("has no address like %.40s", (url) => {
    expect(numbered({ url })).toEqual({ index: 1, title: "A page", quote: "It says so." });
  });

  it("has an address without a name that could look like a host", () => {
    expect(numbered({ url: "https://bank.example@evil.example/" }).url).toBe(
      "https://evil.example/",
    );
  });

  it("is cut between characters, and can be stored", () => {
    const { title, quote } = numbered({
      title: ` a\u0000\n b${"😀".repeat(200)}`,
      quote: `\ud800${"😀".repeat(400)}`,
    });
    expect(title).toBe(`a b${"😀".repeat(148)}…`);
    expect(quote).toBe(`\ufffd${"😀".repeat(299)}…`);
  });

  it("has no characters that control a terminal or turn the direction of what follows", () => {
    const { title, quote } = numbered({
      title: "bank\u202emoc.live\u0007\u001b[31m\u2066x",
      quote: "first\u0085\u202e line\n\u009bsecond\tline \u200dזה\u{E0041}",
    });
    expect(title).toBe("bankmoc.live[31mx");
    expect(quote).toBe("first line\nsecond\tline \u200dזה");
  });

  it("without a title shows its address", () => {
    expect(numbered({ title: " \n" }).title).toBe("https://a.example/");
    expect(numbered({ title: "", url: "javascript:x" }).title).toBe("(no title)");
  });

  it.each([
    ["2026-11-02T10:00:00+02:00", "2026-11-02T08:00:00.000Z"],
    ["2026-11-02", "2026-11-02T00:00:00.000Z"],
    ["yesterday", undefined],
    // A page may write any date. RFC 3339 has four digits for a year, and a turn with another could not be read back.
    ["9999-12-31T23:59:59-12:00", undefined],
    ["-000100-01-01T00:00:00Z", undefined],
    [null, undefined],
  ])("published %s has the time %s", (written, time) => {
    expect(numbered({ published_at: written }).published_at).toBe(time);
  });
});
