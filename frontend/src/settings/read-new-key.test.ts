import { expect, it } from "vitest";
import { readNewKey } from "./read-new-key.ts";

const draft = { name: "Report", scopes: ["chat"], budget: "" } as const;

it.each([
  ["", null],
  [" 2 ", 2],
  ["2.50", 2.5],
  ["2,5", 2.5],
  ["0.01", 0.01],
])("the budget %j is %j dollars", (budget, daily_budget_usd) => {
  expect(readNewKey({ ...draft, budget })).toEqual({
    name: "Report",
    scopes: ["chat"],
    daily_budget_usd,
  });
});

it.each(["0", "0.001", "1,000", "-1", "1e3", "100001", "much", "2 $"])(
  "the budget %j is a fault",
  (budget) => {
    expect(readNewKey({ ...draft, budget })).toBe("daily_budget_usd");
  },
);

it.each([
  [{ name: "  " }, "name"],
  [{ name: "a".repeat(81) }, "name"],
  [{ scopes: [] }, "scopes"],
])("%j is a fault of %s", (change, field) => {
  expect(readNewKey({ ...draft, ...change })).toBe(field);
});

it("white space around the name is removed", () => {
  expect(readNewKey({ ...draft, name: " Report " })).toMatchObject({ name: "Report" });
});
