import { describe, expect, it } from "vitest";
import { excerptOf, findWords } from "./excerpt.ts";

const whole = (text: string) => ({ text, isStart: true, isEnd: true });
const slices = (text: string, words: string[]) =>
  findWords(text, words).map(({ start, end }) => text.slice(start, end));

describe("findWords", () => {
  it.each([
    ["Kündigung und KÜNDIGUNG", ["kundigung"], ["Kündigung", "KÜNDIGUNG"]],
    ["Ku\u0308ndigung", ["kundigung"], ["Ku\u0308ndigung"]],
    ["Straße", ["strass"], ["Straß"]],
    ["die Straße", ["s"], ["S", "ß"]],
    ["👩‍👩‍👧 family", ["family"], ["family"]],
    ["banana", ["ana", "nan"], ["anana"]],
    ["nothing", ["word"], []],
  ])("finds in %s the words %j", (text, words, found) => {
    expect(slices(text, words)).toEqual(found);
  });
});

describe("excerptOf", () => {
  it("keeps a short text whole", () => {
    expect(excerptOf(whole("a short text"), ["short"])).toEqual({
      text: "a short text",
      marks: [{ start: 2, end: 7 }],
    });
  });

  it("cuts between words around the first match and marks both cuts", () => {
    const text = `${"before ".repeat(50)}HIT ${"after ".repeat(50)}`;
    const excerpt = excerptOf(whole(text), ["hit"]);
    expect(excerpt.text).toMatch(/^…before (before )+HIT (after )+after…$/);
    expect(excerpt.text.length).toBeLessThanOrEqual(162);
    const [mark] = excerpt.marks;
    expect(excerpt.text.slice(mark?.start, mark?.end)).toBe("HIT");
  });

  it("marks a passage as part of a longer text", () => {
    const passage = { text: "a hit b", isStart: false, isEnd: false };
    expect(excerptOf(passage, ["hit"])).toEqual({
      text: "…a hit b…",
      marks: [{ start: 3, end: 6 }],
    });
  });

  it.each(["😀", "🇩🇪", "é\u0323", "語"])("cuts no character of %s", (sign) => {
    const excerpt = excerptOf(whole(`${sign.repeat(300)}hit${sign.repeat(300)}`), ["hit"]);
    expect(excerpt.text.replaceAll(sign, "").replace("hit", "")).toBe("……");
    const [mark] = excerpt.marks;
    expect(excerpt.text.slice(mark?.start, mark?.end)).toBe("hit");
  });

  it("replaces line breaks by spaces", () => {
    expect(excerptOf(whole("one\n\ntwo\thit"), ["hit"]).text).toBe("one  two hit");
  });
});
