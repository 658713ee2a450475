import { expect, it } from "vitest";
import { prefersAsync } from "./prefers-async.ts";

it.each([
  "respond-async",
  "Respond-Async",
  "respond-async, wait=10",
  "wait=10,respond-async",
  'return=minimal; foo="a, b", respond-async; bar',
  'respond-async=""',
])("%j prefers an asynchronous response", (header) => {
  expect(prefersAsync(header)).toBe(true);
});

it.each([
  undefined,
  "",
  "return=minimal",
  "respond-asynchronously",
  "respond-async=no",
  'foo="respond-async"',
  'foo="a, respond-async, b"',
  "wait=10; respond-async",
  ',;,"',
])("%j does not", (header) => {
  expect(prefersAsync(header)).toBe(false);
});
