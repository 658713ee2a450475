import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { typedLine, typedMessage } from "./typed-text.ts";

const message = (text: string) => v.safeParse(typedMessage(100), text);
const line = (text: string) => v.safeParse(typedLine(100), text);
const faultOf = ({ issues }: ReturnType<typeof message>) => issues?.[0].message;

describe("a text of invisible characters", () => {
  it.each([
    ["nothing", ""],
    ["white space", " \t\r\n\v\f\u0085\u00a0\u2003\u2028\u2029\u3000"],
    ["a zero width space", "\u200b"],
    ["a zero width joiner", "\u200d"],
    ["a variation selector", "\ufe0f"],
    ["a byte order mark", "\ufeff"],
    ["a soft hyphen", "\u00ad"],
    ["a word joiner", "\u2060"],
    ["marks of direction", "\u200e\u200f\u202a\u202e\u2066\u2069\u061c"],
    ["a combining grapheme joiner", "\u034f"],
    ["a Hangul filler", "\u3164\u115f\uffa0"],
    ["a Mongolian vowel separator", "\u180e"],
    ["tags", "\u{e0001}\u{e0041}\u{e007f}"],
    ["a supplementary variation selector", "\u{e0100}"],
    ["anchors of annotations", "\ufff9\ufffb"],
    ["an empty Braille cell", "\u2800"],
    ["controls", "\u0001\u001b\u007f"],
    ["several, on several lines", " \u200b\n\ufe0f\r\n\u2060 "],
  ])("%s counts as empty in a message and in a line", (_case, text) => {
    expect(faultOf(message(text))).toBe("must not be empty");
    expect(faultOf(line(text))).toBe("must not be empty");
  });
});

it.each([
  "👍🏽",
  "👩‍👩‍👧‍👦",
  "❤️",
  "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
  "🇩🇪",
  "نعم",
  "می‌خواهم",
  "क्षत्रिय",
  "ශ්‍රී",
  "한",
  "e\u0301",
  "\u0301",
  "\u0600",
  ".",
  "\ufffd",
])("%s is visible and stays unchanged", (text) => {
  expect(message(text).output).toBe(text);
  expect(line(text).output).toBe(text);
});

describe("a message", () => {
  it.each([
    [
      "the indentation of its first line",
      "    def f():\n        pass",
      "    def f():\n        pass",
    ],
    ["a tab at its beginning", "\tindented", "\tindented"],
    ["blank lines within it", "a\n\n\nb", "a\n\n\nb"],
    ["its last line as it is", "a\nb  ", "a\nb  "],
    ["its kinds of line break", "\r\na\r\nb\rc\u2028d\r\n", "a\r\nb\rc\u2028d"],
    ["nothing of blank lines at its ends", "\n \t\n\u200b\n  a\n\n \n", "  a"],
    ["a byte order mark before its first word", "\ufeffa", "\ufeffa"],
  ])("keeps %s", (_case, text, kept) => {
    expect(message(text).output).toBe(kept);
  });

  it("does not count blank lines at its ends", () => {
    expect(message(`\n\n${"x".repeat(100)}\n`).success).toBe(true);
    expect(faultOf(message("x".repeat(101)))).toBe("must have at most 100 characters");
  });

  it("with thousands of blank lines is read in linear time", () => {
    const blank = `${" ".repeat(50)}\n`.repeat(2_000);
    expect(v.parse(typedMessage(300_000), `${blank}a\n${blank}`)).toBe("a");
  });

  it.each([
    ["U+0000", "a\u0000", "must not contain the character U+0000"],
    ["half of a pair", "a\ud800", "must be well-formed Unicode"],
  ])("with %s is invalid", (_case, text, fault) => {
    expect(faultOf(message(text))).toBe(fault);
  });
});

it("a line loses white space at its ends", () => {
  expect(line(" \n a b \t").output).toBe("a b");
});
