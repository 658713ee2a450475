import { afterEach, describe, expect, it, vi } from "vitest";
import { type GroupName, groupByDate, msUntilMidnight } from "./group-by-date.ts";

afterEach(() => void vi.unstubAllEnvs());

const conversation = (updated_at: string) => ({
  ...{ id: updated_at, title: updated_at, created_at: updated_at, updated_at },
  ...{ pinned: false, archived: false },
});

/** Returns the group of each time, in a time zone. Months as "2026-10". */
function groupsIn(timeZone: string, now: string, ...times: string[]) {
  vi.stubEnv("TZ", timeZone);
  const nameOf = (name: GroupName) =>
    name instanceof Date
      ? `${name.getFullYear()}-${String(name.getMonth() + 1).padStart(2, "0")}`
      : name;
  return groupByDate(times.map(conversation), new Date(now)).map(
    ({ name, conversations }) =>
      `${nameOf(name)}: ${conversations.map(({ id }) => times.indexOf(id)).join()}`,
  );
}

describe("the groups of the list", () => {
  it("are today, yesterday, 7 days, 30 days and months, in order", () => {
    expect(
      groupsIn(
        ...(["UTC", "2026-11-29T12:00:00Z"] as const),
        "2026-11-29T11:00:00Z",
        "2026-11-29T00:00:00Z",
        "2026-11-28T23:59:59Z",
        "2026-11-27T12:00:00Z",
        "2026-11-22T00:00:00Z",
        "2026-11-21T23:59:59Z",
        "2026-10-30T00:00:00Z",
        "2026-10-29T23:59:59Z",
        "2026-10-01T00:00:00Z",
        "2026-09-30T23:59:59Z",
        "2025-09-30T12:00:00Z",
      ),
    ).toEqual([
      ...["today: 0,1", "yesterday: 2", "week: 3,4", "month: 5,6"],
      ...["2026-10: 7,8", "2026-09: 9", "2025-09: 10"],
    ]);
  });

  it.each([
    ["UTC", "yesterday"],
    ["America/Los_Angeles", "today"],
    ["Pacific/Kiritimati", "today"],
    ["Asia/Kolkata", "yesterday"],
  ])("follow the clock of the browser in %s", (timeZone, group) => {
    // 28 November 09:00 and 19:00 in Los Angeles, 22:30 and 08:30 in Kolkata, 29 November 07:00 and 17:00 on Kiritimati.
    expect(groupsIn(timeZone, "2026-11-29T03:00:00Z", "2026-11-28T17:00:00Z")).toEqual([
      `${group}: 0`,
    ]);
  });

  it("change at midnight", () => {
    const at = "2026-11-28T22:30:00Z";
    expect(groupsIn("Europe/Berlin", "2026-11-28T22:59:59.999Z", at)).toEqual(["today: 0"]);
    expect(groupsIn("Europe/Berlin", "2026-11-28T23:00:00.000Z", at)).toEqual(["yesterday: 0"]);
    expect(msUntilMidnight(new Date("2026-11-28T22:59:59.999Z"))).toBe(1);
    expect(msUntilMidnight(new Date("2026-11-28T23:00:00.000Z"))).toBe(86_400_000);
  });

  it("count days of 23 and 25 hours as days", () => {
    // The clocks of Berlin go back on 25 October 2026 and forward on 29 March 2026.
    expect(
      groupsIn(
        ...(["Europe/Berlin", "2026-10-26T00:30:00+01:00"] as const),
        "2026-10-25T00:30:00+02:00",
        "2026-10-24T23:30:00+02:00",
      ),
    ).toEqual(["yesterday: 0", "week: 1"]);
    expect(
      groupsIn("Europe/Berlin", "2026-03-30T00:30:00+02:00", "2026-03-29T00:30:00+01:00"),
    ).toEqual(["yesterday: 0"]);
    expect(msUntilMidnight(new Date("2026-10-25T00:00:00+02:00"))).toBe(25 * 3_600_000);
  });

  it("keep a conversation from a clock that is ahead", () => {
    expect(groupsIn("UTC", "2026-11-29T12:00:00Z", "2026-11-30T12:00:00Z")).toEqual(["today: 0"]);
  });
});
