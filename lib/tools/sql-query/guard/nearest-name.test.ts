import { expect, it } from "vitest";
import { processorMsOf } from "#test/support/processor-time.ts";
import { nearestName } from "./nearest-name.ts";

it.each([
  ["revenu", "revenue"],
  ["Customers", "customers"],
  ["custmoer_id", "customer_id"],
  ["customer", "customers"],
  ["order", "orders"],
  ["price", "unit_price"],
  ["zzz", undefined],
  ["", undefined],
])("the nearest name to %j is %s", (name, nearest) => {
  const names = ["customers", "customer_id", "orders", "revenue", "unit_price"];
  expect(nearestName(name, names)).toBe(nearest);
});

it("the longest name is compared with many quickly", () => {
  const names = Array.from({ length: 500 }, (_, index) => `column_${index}`);
  const find = () => expect(nearestName("x".repeat(63), names)).toBeUndefined();
  expect(processorMsOf(find)).toBeLessThan(1_000);
});
