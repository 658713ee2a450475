import { expect, it } from "vitest";
import { firstBytes } from "./first-bytes.ts";

it.each([
  ["abc", 3, "abc"],
  ["abc", 2, "ab"],
  ["aü", 2, "a"],
  ["aü", 3, "aü"],
  ["😀b", 3, ""],
  ["😀b", 4, "😀"],
  ["\ufeffa", 3, "\ufeff"],
  ["", 0, ""],
])("firstBytes(%j, %i) is %j", (text, count, start) => {
  expect(firstBytes(text, count)).toBe(start);
});
