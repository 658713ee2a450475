import { type Day, dayOf } from "./calendar.ts";
import { sayIn } from "./language.ts";
import type { Outcome } from "./outcome.ts";
import { findTool, type PlannedCall, type Question, type Step } from "./skill.ts";

/** What the tool `current_time` has said. */
export interface ClockReading {
  day: Day;
  hours: number;
  minutes: number;
  zone: string;
}

const englishMonths =
  "January February March April May June July August September October November December".split(
    " ",
  );

/** Reads, for example, "Monday, 23 November 2026 at 14:05:09 GMT+1 (Europe/Berlin)". */
export function readClock({ state, text }: Outcome): ClockReading | undefined {
  const [, date, month = "", year, hours, minutes, zone = "UTC"] =
    /(\d{1,2}) (\p{L}+) (\d{4}),? (?:at )?(\d\d):(\d\d)(?::\d\d)?[^(]*(?:\(([^)]+)\))?/u.exec(
      text,
    ) ?? [];
  if (state !== "done" || date === undefined) return undefined;
  const day = dayOf(Number(year), englishMonths.indexOf(month) + 1, Number(date));
  return day === undefined
    ? undefined
    : { day, hours: Number(hours), minutes: Number(minutes), zone };
}

/** Returns the step that reads the clock in these time zones, or undefined if there is no clock. */
export function clockStep(
  question: Question,
  zones: readonly (string | undefined)[],
): Step | undefined {
  const tool = findTool(question, "current_time");
  if (!tool) return undefined;
  const say = sayIn(question.language);
  return {
    calls: zones.map(
      (zone): PlannedCall => ({ tool, input: zone === undefined ? {} : { time_zone: zone } }),
    ),
    announcement: say("Let me check the clock.", "Ich sehe auf die Uhr."),
  };
}
