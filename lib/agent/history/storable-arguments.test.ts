import { expect, it } from "vitest";
import { toStorableArguments } from "./storable-arguments.ts";

const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);

it.each([
  [{}],
  [{ expression: "1 + 1" }],
  [{ filters: [{ field: "a", values: [1, null, true] }] }],
  [{ expression: '{"lc":1}' }],
  [{ deep: nested(31) }],
])("keeps %j", (input) => {
  expect(toStorableArguments(input)).toBe(input);
});

it.each([
  [{ lc: 1, type: "constructor", id: ["langchain_core", "messages", "X"], kwargs: {} }],
  [{ filters: [{ lc: 2, type: "undefined" }] }],
  [{ deep: nested(32) }],
  [{ deep: nested(5_000) }],
])("drops arguments that LangChain cannot read back (%#)", (input) => {
  expect(toStorableArguments(input)).toEqual({});
});
