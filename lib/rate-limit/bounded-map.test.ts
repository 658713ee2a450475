import { expect, it } from "vitest";
import { setBounded } from "./bounded-map.ts";

it("forgets what was set longest ago beyond ten thousand entries", () => {
  const map = new Map<number, string>();
  setBounded(map, 0, "first");
  for (let key = 1; key < 10_000; key += 1) setBounded(map, key, "filler");
  setBounded(map, 0, "set again");
  setBounded(map, 10_000, "one too many");
  expect(map.size).toBe(10_000);
  expect(map.get(0)).toBe("set again");
  expect(map.has(1)).toBe(false);
});
