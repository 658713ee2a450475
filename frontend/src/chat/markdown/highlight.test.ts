import { expect, it } from "vitest";
import { highlight } from "./highlight.ts";

it.each([
  ["js", "const a = '<b>&amp;</b>'; // \"end\""],
  ["xml", "<script>alert('&lt;')</script><!-- & -->"],
  ["python", "def f(x):\n    return f'{x}' # <img src=x onerror=alert(1)>"],
  ["json", '{"a": [1, "</span>"]}'],
])("highlight colours %s without losing text", (language, code) => {
  const pieces = highlight(code, language);
  expect(pieces?.map(({ text }) => text).join("")).toBe(code);
  expect(pieces?.some(({ kind }) => kind !== "")).toBe(true);
});

it("highlight returns null for an unknown language", () => {
  expect(highlight("x", "brainfuck")).toBeNull();
});
