import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeArguments } from "./shown-arguments.ts";

describe("the arguments of a call", () => {
  it("are texts, and JSON where a value has parts", () => {
    const input = { name: "deploys", retry_count: 3, body: { version: 7, tags: ["a"] } };
    expect(describeArguments(input)).toEqual([
      { name: "Name", text: "deploys", isCode: false, start: null },
      { name: "Retry count", text: "3", isCode: false, start: null },
      {
        name: "Body",
        text: '{\n  "version": 7,\n  "tags": [\n    "a"\n  ]\n}',
        isCode: true,
        start: null,
      },
    ]);
  });

  it.each([
    [undefined, []],
    [null, []],
    [{}, []],
    [["a"], [{ name: "", text: '[\n  "a"\n]', isCode: true, start: null }]],
    ["text", [{ name: "", text: "text", isCode: false, start: null }]],
    [false, [{ name: "", text: "false", isCode: false, start: null }]],
  ])("may be %j", (input, shown) => {
    expect(describeArguments(input)).toEqual(shown);
  });

  it.each([
    ["x".repeat(500), null],
    ["x".repeat(501), "x".repeat(500)],
    ["x\n".repeat(9), null],
    ["x\n".repeat(10), `${"x\n".repeat(9)}x`],
    [`${"x".repeat(499)}😀`, "x".repeat(499)],
  ])("keep the whole of a long text and its start (%#)", (text, start) => {
    expect(describeArguments({ text })).toEqual([{ name: "Text", text, isCode: false, start }]);
  });

  it.each([
    ["https://good.example/\u202Egpj.exe", "https://good.example/⟨U+202E⟩gpj.exe"],
    ["a\u200Bb", "a⟨U+200B⟩b"],
    ["a\u0000\rb", "a⟨U+0000⟩⟨U+000D⟩b"],
    ["\u{E0041}tag", "⟨U+E0041⟩tag"],
    ["one\n\ttwo", "one\n\ttwo"],
    ["👨‍👩‍👧 and می‌خواهم", "👨‍👩‍👧 and می‌خواهم"],
  ])("show characters that a browser hides (%#)", (text, shown) => {
    expect(describeArguments({ text })[0]?.text).toBe(shown);
  });

  it("show every JSON value, and no direction mark", () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 2 }),
        fc.string({ unit: "binary", maxLength: 50 }),
        (value, text) => {
          const shown = describeArguments({ value, text });
          expect(shown).toHaveLength(2);
          const all = shown.map((argument) => argument.text + (argument.start ?? "")).join("");
          expect(all).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
        },
      ),
    );
  });
});
