import { expect, it } from "vitest";
import { toolContext } from "#test/support/tool-context.ts";
import { createCurrentTime } from "./current-time.ts";
import { ToolRefusal } from "./tool.ts";

const currentTime = createCurrentTime(() => new Date("2026-11-23T23:05:09Z"));
const context = toolContext();

it.each([
  [undefined, "Monday, 23 November 2026 at 23:05:09 UTC (UTC)"],
  ["", "Monday, 23 November 2026 at 23:05:09 UTC (UTC)"],
  ["Asia/Kolkata", "Tuesday, 24 November 2026 at 04:35:09 GMT+5:30 (Asia/Kolkata)"],
])("returns the time in %s", (timeZone, output) => {
  const input = timeZone === undefined ? {} : { time_zone: timeZone };
  expect(currentTime.run(input, context)).toBe(output);
});

it("refuses an unknown time zone", () => {
  expect(() => currentTime.run({ time_zone: "Mars/Olympus" }, context)).toThrow(ToolRefusal);
});
