import { expect, it } from "vitest";
import { highlight } from "./highlight.ts";

it.each([
  ["js", "const a = '<b>&amp;</b>'; // \"end\""],
  ["xml", "<script>alert('&lt;')</script><!-- & -->"],
  ["python", "def f(x):\n    return f'{x}' # <img src=x onerror=alert(1)>"],
  ["json", '{"a": [1, "</span>"]}'],
])("colours %s and loses nothing of it", (language, code) => {
  const pieces = highlight(code, language);
  expect(pieces?.map(({ text }) => text).join("")).toBe(code);
  expect(pieces?.some(({ kind }) => kind !== "")).toBe(true);
});

it("leaves a language alone that it does not know", () => {
  expect(highlight("x", "brainfuck")).toBeNull();
});
