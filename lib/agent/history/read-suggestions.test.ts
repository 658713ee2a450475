import { expect, it } from "vitest";
import { readSuggestions } from "./read-suggestions.ts";

it.each<[what: string, list: string, suggestions: string[]]>([
  ["one message a line", "What is it?\nUnd warum?", ["What is it?", "Und warum?"]],
  ["at most three", "a\nb\nc\nd", ["a", "b", "c"]],
  ["each once", "Why?\nWhy?", ["Why?"]],
  ["bullets and numbers", "- What?\n* Why?\n1. When?", ["What?", "Why?", "When?"]],
  ["a line that begins with a number", "3 days later?", ["3 days later?"]],
  ["blank lines and lines without a word", "\n \n---\n```\n?!\nWhy?", ["Why?"]],
  ["links", "See [the page](https://evil.example/?q=1) and ![it](data:x)", ["See the page and it"]],
  ["addresses", "Open https://evil.example\nGo to www.evil.example\n<next>\nWhy?", ["Why?"]],
  ["what nobody sees", "W\u0000h\u202ey\u{E0041}?\tSo", ["Why? So"]],
  ["broken text", "Why \ud800?\nWhen?", ["When?"]],
  ["too long a line", `${"x".repeat(121)}\n${"y".repeat(120)}`, ["y".repeat(120)]],
  ["nothing", "", []],
])("reads %s", (_what, list, suggestions) => {
  expect(readSuggestions(list)).toEqual(suggestions);
});
