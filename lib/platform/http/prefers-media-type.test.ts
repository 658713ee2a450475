import { expect, it } from "vitest";
import { prefersMediaType } from "./prefers-media-type.ts";

const json = "application/json";
const stream = "text/event-stream";

it.each([
  [undefined, false],
  ["", false],
  ["*/*", false],
  ["text/event-stream", false],
  ["application/json", true],
  ["Application/JSON", true],
  ["application/json; charset=utf-8", true],
  ["application/*", true],
  ["text/*", false],
  ["text/html", false],
  ["application/jsonl", false],
  ["application/json, text/event-stream", false],
  ["text/event-stream, application/json", false],
  ["application/json;q=0.1, */*", false],
  ["application/json;q=0.1, */*;q=0.01", true],
  ["*/*, application/json;q=0.1", false],
  ["application/json, text/plain, */*", true],
  ["application/json, */*;q=0.5", true],
  ["text/event-stream;q=0.5, application/json;q=0.6", true],
  ["text/event-stream;q=0.6 , application/json; q=0.5", false],
  ["text/event-stream;q=0, */*", true],
  ["application/json;q=0", false],
  ["application/json;q=0, text/event-stream;q=0", false],
  ["application/*;q=0.2, text/*;q=0.3", false],
  ["application/json\t;\tq=1.000", true],
  ["application/json;Q=0.001, text/event-stream;q=0.002", false],
  ["application/json;q=.2, */*", false],
  ["application/json;q=0.3333, */*;q=0.5", false],
  ["application/json;q=1.0000, */*;q=0.5", true],
  ["application/json;q=high", true],
  ["application/json;q=2, text/event-stream;q=0.9", true],
  ['text/html;note="application/json, */*"', false],
  ['application/json;note="a;q=0, b"', true],
  [",, application/json ,", true],
  ["\u2000application/json", false],
])("Accept: %s is read as RFC 9110 says", (accept, prefersJson) => {
  expect(prefersMediaType(accept, json, stream)).toBe(prefersJson);
});
