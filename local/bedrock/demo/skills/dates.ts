import {
  addMonths,
  type Day,
  isLeapYear,
  showDay,
  weekOf,
  yearsBetween,
} from "#local/bedrock/demo/calendar.ts";
import { clockStep, readClock } from "#local/bedrock/demo/clock.ts";
import { findDays, namesDay, writtenDays } from "#local/bedrock/demo/find-days.ts";
import { type Language, sayIn, showNumber } from "#local/bedrock/demo/language.ts";
import { spellOutNumbers } from "#local/bedrock/demo/number-words.ts";
import { excuse } from "#local/bedrock/demo/outcome.ts";
import type { Question, Reply, Skill, Step, Work } from "#local/bedrock/demo/skill.ts";

/** Returns the sentence that answers a question about days, once today is known. */
type DayRule = (text: string, language: Language) => ((today: Day) => string) | undefined;

const longUnits = {
  day: /\b(?:days?|tage?n?|sleeps?)\b/iu,
  week: /\b(?:weeks?|wochen?)\b/iu,
  month: /\b(?:months?|monate?n?)\b/iu,
  year: /\b(?:years?|jahre?n?)\b/iu,
};
type Unit = keyof typeof longUnits;

const untilWords =
  /\b(?:in (?:how many|wie ?vielen)|until|till|til|before|to go|left|bis|noch|vor)\b/iu;
const sinceWords = /\b(?:since|passed|ago was|seit|vergangen)\b/iu;
const betweenWords = /\b(?:between|from|zwischen|von|vom)\b/iu;
const countWords = /\b(?:how (?:many|long)|wie ?(?:viele?n?|lange)|number of|anzahl)\b/iu;
const dayWords =
  /\b(?:what|which|tell me the|welche[rs]?|was für ein)\b.*\b(?:day|date|weekday|tag|wochentag|datum)\b|\b(?:day|date)\b.*\bis (?:it|today)\b|\bwelches datum\b|\btoday's date\b|\bwelcher tag\b|\bder wievielte\b|\bon (?:what|which) day\b|\bwhen is\b|\bwann ist\b/iu;

/** Dates and weekdays, counted from the clock's day unless the question names all its days. */
export const dates: Skill = (question) => {
  const text = spellOutNumbers(question.text, question.language);
  const fixed = withoutClock(text, question.language);
  if (fixed !== undefined) return fixed;
  for (const rule of rules) {
    const answer = rule(text, question.language);
    const step = answer && clockStep(question, [undefined]);
    if (answer && step) return countFromToday(question, step, answer);
  }
  return undefined;
};

function* countFromToday(question: Question, step: Step, answer: (today: Day) => string): Work {
  const [outcome] = yield step;
  const now = outcome && readClock(outcome);
  if (!now) return outcome ? excuse(outcome, "current_time", question) : "";
  return answer(now.day);
}

function withoutClock(text: string, language: Language): Reply | undefined {
  const say = sayIn(language);
  const [, leap] = /\b(\d{4})\b.*\b(?:leap year|schaltjahr)\b/iu.exec(text) ?? [];
  if (leap !== undefined) {
    return isLeapYear(Number(leap))
      ? say(`Yes, ${leap} is a leap year.`, `Ja, ${leap} ist ein Schaltjahr.`)
      : say(`No, ${leap} is not a leap year.`, `Nein, ${leap} ist kein Schaltjahr.`);
  }
  const written = writtenDays(text);
  if (written.length === 0 || written.some(({ year }) => year === undefined)) return undefined;
  const [from, to] = findDays(text, 0);
  if (from !== undefined && to !== undefined && betweenWords.test(text)) {
    return say(
      `From ${showDay(from, language)} to ${showDay(to, language)} it is **${count(to - from, unitIn(text), language)}**.`,
      `Vom ${showDay(from, language)} bis zum ${showDay(to, language)} sind es **${count(to - from, unitIn(text), language)}**.`,
    );
  }
  if (
    from === undefined ||
    !/\b(?:weekday|day|wochentag|tag)\b/iu.test(text) ||
    countWords.test(text)
  ) {
    return undefined;
  }
  return say(
    `That day is a **${showDay(from, "en")}**.`,
    `Dieser Tag ist ein **${showDay(from, "de")}**.`,
  );
}

const howFar: DayRule = (text, language) => {
  if (!countWords.test(text) || !namesDay(text)) return undefined;
  const isSince = sinceWords.test(text);
  if (!isSince && !untilWords.test(text)) return undefined;
  const say = sayIn(language);
  return (today) => {
    const [day] = findDays(text, today, isSince ? "last" : "next");
    if (day === undefined) return say("The calendar has no such day.", "Diesen Tag gibt es nicht.");
    const days = Math.abs(day - today);
    const amount = `**${count(days, unitIn(text), language)}**`;
    const [shown, now] = [showDay(day, language), showDay(today, language)];
    return day >= today
      ? say(
          `${amount} until ${shown}, counted from today, ${now} (UTC).`,
          `${amount} bis ${shown}, gezählt ab heute, ${now} (UTC).`,
        )
      : say(
          `${amount} since ${shown}, counted to today, ${now} (UTC).`,
          `${amount} seit ${shown}, gezählt bis heute, ${now} (UTC).`,
        );
  };
};

const age: DayRule = (text, language) => {
  if (!/\b(?:born|geboren|old|alt)\b/iu.test(text) || writtenDays(text).length === 0)
    return undefined;
  const say = sayIn(language);
  return (today) => {
    const [day] = findDays(text, today, "last");
    if (day === undefined || day > today)
      return say("That day has not come yet.", "Dieser Tag kommt noch.");
    const years = yearsBetween(day, today);
    return say(
      `Born on ${showDay(day, "en")}: **${years} years** old on ${showDay(today, "en")} (UTC).`,
      `Geboren am ${showDay(day, "de")}: **${years} Jahre** alt am ${showDay(today, "de")} (UTC).`,
    );
  };
};

const shifted: DayRule = (text, language) => {
  const [, amount, unitWord, ending] =
    /\b(\d{1,5}) (days?|weeks?|months?|years?|tage?n?|wochen?|monate?n?|jahre?n?)( ago| from now| hence| later)?\b/iu.exec(
      text,
    ) ?? [];
  const isShift = ending !== undefined || /\b(?:in|vor|nach|after)\s+\d/iu.test(text);
  if (amount === undefined || unitWord === undefined || !isShift) return undefined;
  if (!/\b(?:day|date|weekday|tag|datum|when|wann|be|was|is|haben wir)\b/iu.test(text))
    return undefined;
  const sign = / ago/iu.test(ending ?? "") || /\bvor \d/iu.test(text) ? -1 : 1;
  return (today) =>
    sentenceFor(move(today, sign * Number(amount), unitIn(unitWord)), today, language);
};

const neighbour: DayRule = (text, language) => {
  const shift = (
    [
      [/\bday after tomorrow\b|(?<!\p{L})übermorgen\b/iu, 2],
      [/\bday before yesterday\b|\bvorgestern\b/iu, -2],
      [/\btomorrow\b|\bmorgen\b/iu, 1],
      [/\byesterday\b|\bgestern\b/iu, -1],
    ] as const
  ).find(([pattern]) => pattern.test(text))?.[1];
  if (shift === undefined || !dayWords.test(text)) return undefined;
  return (today) => sentenceFor(today + shift, today, language);
};

const week: DayRule = (text, language) => {
  if (
    !/\b(?:which|what) week\b|\bweek of the year\b|\bweek number\b|\b(?:welche )?kalenderwoche\b/iu.test(
      text,
    )
  )
    return undefined;
  const say = sayIn(language);
  return (today) =>
    say(
      `It is **week ${weekOf(today)}** of ISO 8601, on ${showDay(today, "en")} (UTC).`,
      `Es ist die **Kalenderwoche ${weekOf(today)}** (ISO 8601), am ${showDay(today, "de")} (UTC).`,
    );
};

/** "What day is Christmas?", "When is Easter?", "Welcher Wochentag ist der 24.12.?" */
const named: DayRule = (text, language) => {
  if (!dayWords.test(text) || !namesDay(text)) return undefined;
  const say = sayIn(language);
  return (today) => {
    const [day] = findDays(text, today);
    if (day === undefined) return say("The calendar has no such day.", "Diesen Tag gibt es nicht.");
    return say(
      `The next such day is **${showDay(day, "en")}**, counted from ${showDay(today, "en")} (UTC).`,
      `Der nächste solche Tag ist **${showDay(day, "de")}**, gezählt ab ${showDay(today, "de")} (UTC).`,
    );
  };
};

const todayQuestion =
  /\b(?:what|which)(?:'s| is)? (?:the )?(?:current |today's )?(?:day|date|weekday|year|month)\b(?: (?:is it|of the week|is today|today).*)?[\s?.!]*$|\bwhat day (?:of the week )?is (?:it|today)\b|\btoday's date\b|\btell me the (?:current )?date\b|\b(?:welche[rns]?) (?:tag|datum|wochentag|jahr|monat) (?:ist|haben wir)\b|\bder wievielte\b|\bwas für ein tag\b/iu;

const today: DayRule = (text, language) => {
  if (!todayQuestion.test(text)) return undefined;
  const say = sayIn(language);
  return (day) =>
    say(`Today is **${showDay(day, "en")}** (UTC).`, `Heute ist **${showDay(day, "de")}** (UTC).`);
};

/** The first rule that takes the question decides. */
const rules: DayRule[] = [age, howFar, week, shifted, neighbour, named, today];

function sentenceFor(day: Day, today: Day, language: Language): string {
  return sayIn(language)(
    `**${showDay(day, "en")}**, counted from today, ${showDay(today, "en")} (UTC).`,
    `**${showDay(day, "de")}**, gezählt ab heute, ${showDay(today, "de")} (UTC).`,
  );
}

function move(day: Day, amount: number, unit: Unit): Day {
  if (unit === "day") return day + amount;
  if (unit === "week") return day + 7 * amount;
  return addMonths(day, unit === "month" ? amount : 12 * amount);
}

const unitIn = (text: string): Unit =>
  (["week", "month", "year"] as const).find((unit) => longUnits[unit].test(text)) ?? "day";

/** Returns, for example, "1,234 days" or "3 weeks and 2 days". Months and years have no fixed length, so they are counted in days. */
function count(days: number, unit: Unit, language: Language): string {
  const say = sayIn(language);
  const amountOf = (amount: number, one: string, many: string) =>
    `${showNumber(String(amount), language)} ${amount === 1 ? one : many}`;
  const inDays = (amount: number) => amountOf(amount, say("day", "Tag"), say("days", "Tage"));
  if (unit !== "week") return inDays(days);
  const weeks = amountOf(Math.floor(days / 7), say("week", "Woche"), say("weeks", "Wochen"));
  return days % 7 === 0 ? weeks : `${weeks} ${say("and", "und")} ${inDays(days % 7)}`;
}
