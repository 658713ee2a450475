import * as v from "valibot";
import { defineTool, ToolRefusal } from "./tool.ts";

const Input = v.object({
  time_zone: v.optional(
    v.pipe(v.string(), v.description('IANA name such as "Europe/Berlin"; UTC if left out')),
  ),
});

/** Returns the tool that reads the clock `now`. */
export const createCurrentTime = (now: () => Date) =>
  defineTool({
    name: "current_time",
    description: "Returns the current date, weekday and time in any time zone.",
    hint: "ask it whenever the date or the time matters.",
    input: Input,
    effect: "none",
    resultText: "own",
    run: ({ time_zone }) => describeTime(now(), time_zone || "UTC"),
  });

/** Returns, for example, "Monday, 23 November 2026 at 14:05:09 GMT+1 (Europe/Berlin)". */
function describeTime(time: Date, timeZone: string): string {
  try {
    const format = new Intl.DateTimeFormat("en-GB", {
      timeZone,
      dateStyle: "full",
      timeStyle: "long",
    });
    return `${format.format(time)} (${timeZone})`;
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new ToolRefusal(
      'the time zone is unknown. Use an IANA name such as "Europe/Berlin" or "UTC".',
      { cause },
    );
  }
}
