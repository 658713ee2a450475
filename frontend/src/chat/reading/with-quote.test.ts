import { expect, it } from "vitest";
import { withQuote } from "./with-quote.ts";

it.each([
  ["", "one", "> one\n\n"],
  ["Hello\n", "one\r\ntwo\n\nthree\n", "Hello\n\n> one\n> two\n>\n> three\n\n"],
  ["> one\n\nand\n\n", "> two", "> one\n\nand\n\n> > two\n\n"],
])("a quote follows %j", (message, text, together) => {
  expect(withQuote(message, text)).toBe(together);
});
