import { showDay } from "#local/bedrock/demo/calendar.ts";
import { type ClockReading, clockStep, readClock } from "#local/bedrock/demo/clock.ts";
import { sayIn, showNumber } from "#local/bedrock/demo/language.ts";
import { excuse } from "#local/bedrock/demo/outcome.ts";
import { findPlaces, type Place } from "#local/bedrock/demo/places.ts";
import type { Question, Skill, Step, Work } from "#local/bedrock/demo/skill.ts";

const timeQuestion =
  /\bwhat(?:'s| is)? (?:the )?(?:current |local )?time\b|\bwhat time\b|\btime is it\b|\bcurrent time\b|\btell me the time\b|\btime (?:now )?in\b|\bwie spät\b|\bwie ?viel uhr\b|\buhrzeit\b/iu;
const dateQuestion = /\b(?:date|day|datum|tag)\b.*\bin\b/iu;
const differenceQuestion =
  /\btime difference\b|\bhours (?:ahead|behind|apart)\b|\bzeitunterschied\b|\bzeitverschiebung\b/iu;
const otherTime =
  /\b(?:when|if|wenn)\b.*?\b(\d{1,2})(?:[:.](\d\d))?\s*(am|pm|a\.m\.|p\.m\.|o'clock|uhr)?\s+(?:it is )?in\b/iu;
const maxPlaces = 6;

/** The time in places of the world, and the difference between two of them. */
export const timeZones: Skill = (question) => {
  const isDifference = differenceQuestion.test(question.text);
  const places = findPlaces(question.text).slice(0, maxPlaces);
  const known = places.filter(({ zone }) => zone !== undefined);
  const isDateThere = known.length > 0 && dateQuestion.test(question.text);
  if (!isDifference && !isDateThere && !timeQuestion.test(question.text)) return undefined;
  const step = clockStep(question, known.length > 0 ? known.map(({ zone }) => zone) : [undefined]);
  if (!step) return undefined;
  const [one, other] = known;
  if (one && other && isDifference) return difference(question, step, one, other);
  const asked = otherTime.exec(question.text);
  if (one && other && asked) return convert(question, step, [one, other], asked);
  return times(question, step, places);
};

function* times(question: Question, step: Step, places: Place[]): Work {
  const say = sayIn(question.language);
  const outcomes = yield step;
  const known = places.filter(({ zone }) => zone !== undefined);
  const lines = outcomes.map((outcome, index) => {
    const now = readClock(outcome);
    if (!now) return excuse(outcome, "current_time", question);
    const name = known[index]?.name;
    const day = showDay(now.day, question.language);
    return name === undefined
      ? say(
          `It is **${clockTime(now)}** on ${day} (${now.zone}).`,
          `Es ist **${clockTime(now)}** Uhr am ${day} (${now.zone}).`,
        )
      : say(
          `In ${name} it is **${clockTime(now)}** on ${day} (${now.zone}).`,
          `In ${name} ist es **${clockTime(now)}** Uhr am ${day} (${now.zone}).`,
        );
  });
  const unknown = places.filter(({ zone }) => zone === undefined);
  const admitted = unknown.map(({ name }) =>
    say(
      `I do not know the time zone of ${name}. In UTC:`,
      `Die Zeitzone von ${name} kenne ich nicht. In UTC:`,
    ),
  );
  return [...admitted, ...lines].join("\n\n");
}

function* difference(question: Question, step: Step, one: Place, other: Place): Work {
  const say = sayIn(question.language);
  const outcomes = yield step;
  const [first, second] = outcomes.map(readClock);
  if (!first || !second)
    return outcomes.map((outcome) => excuse(outcome, "current_time", question))[0] ?? "";
  const minutes = offsetBetween(first, second);
  const size = Math.abs(minutes);
  const hours = showNumber(String(size / 60), question.language);
  const times = `${one.name} ${clockTime(first)}, ${other.name} ${clockTime(second)}`;
  if (minutes === 0) {
    return say(
      `There is **no difference** now: ${times}.`,
      `Es gibt zurzeit **keinen Unterschied**: ${times}.`,
    );
  }
  return say(
    `${other.name} is **${hours} ${size === 60 ? "hour" : "hours"}** ${minutes > 0 ? "ahead of" : "behind"} ${one.name} now: ${times}.`,
    `${other.name} ist ${one.name} zurzeit **${hours} ${size === 60 ? "Stunde" : "Stunden"}** ${minutes > 0 ? "voraus" : "hinterher"}: ${times}.`,
  );
}

function* convert(
  question: Question,
  step: Step,
  [one, other]: [Place, Place],
  [, hourText, minuteText = "0", half = ""]: RegExpExecArray,
): Work {
  const say = sayIn(question.language);
  const outcomes = yield step;
  const [first, second] = outcomes.map(readClock);
  if (!first || !second)
    return outcomes.map((outcome) => excuse(outcome, "current_time", question))[0] ?? "";
  const isAfternoon = /^p/iu.test(half);
  const hours =
    (Number(hourText) % (half && !/uhr|clock/iu.test(half) ? 12 : 24)) + (isAfternoon ? 12 : 0);
  const from = hours * 60 + Number(minuteText);
  const to = from + offsetBetween(first, second);
  const shown = (minutes: number) =>
    clockTime({
      hours: Math.floor((((minutes % 1440) + 1440) % 1440) / 60),
      minutes: ((minutes % 60) + 60) % 60,
    });
  const dayShift = Math.floor(to / 1440);
  const day =
    dayShift === 0
      ? ""
      : dayShift > 0
        ? say(" on the next day", " am nächsten Tag")
        : say(" on the day before", " am Vortag");
  return say(
    `When it is ${shown(from)} in ${one.name}, it is **${shown(to)}**${day} in ${other.name}, with the offsets of today.`,
    `Wenn es in ${one.name} ${shown(from)} Uhr ist, ist es in ${other.name} **${shown(to)}** Uhr${day}, mit den Zeitzonen von heute.`,
  );
}

/** Returns how many minutes the second clock is ahead. The two were read in the same moment, or a minute apart. */
function offsetBetween(first: ClockReading, second: ClockReading): number {
  const minutes = (now: ClockReading) => now.day * 1440 + now.hours * 60 + now.minutes;
  // All zones differ by a multiple of a quarter of an hour.
  return Math.round((minutes(second) - minutes(first)) / 15) * 15;
}

const clockTime = ({ hours, minutes }: Pick<ClockReading, "hours" | "minutes">): string =>
  `${String(hours).padStart(2, "0")}:${String(minutes).padStart(2, "0")}`;
