import { expect, test } from "vitest";
import { createUsageMeter } from "./usage-plan.ts";

test("the meter allows the burst at once, then the rate", () => {
  let now = 0;
  const admit = createUsageMeter({ ratePerSecond: 2, burst: 3, perDay: 100 }, () => now);

  expect([1, 2, 3, 4].map(() => admit("key"))).toEqual(["ok", "ok", "ok", "THROTTLED"]);
  now += 500;
  expect([1, 2].map(() => admit("key"))).toEqual(["ok", "THROTTLED"]);
  now += 60_000;
  expect([1, 2, 3, 4].map(() => admit("key"))).toEqual(["ok", "ok", "ok", "THROTTLED"]);
});

test("the quota starts again each day", () => {
  let now = Date.UTC(2026, 0, 1, 23, 59, 59);
  const admit = createUsageMeter({ ratePerSecond: 100, burst: 100, perDay: 2 }, () => now);

  expect([1, 2, 3].map(() => admit("key"))).toEqual(["ok", "ok", "QUOTA_EXCEEDED"]);
  expect(admit("other")).toBe("ok");
  now += 1_000;
  expect(admit("key")).toBe("ok");
});
