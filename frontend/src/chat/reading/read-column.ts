/** The values of a column: null for an empty cell. */
type Values = (number | null)[];

/**
 * Returns a function that compares the texts of a column by what they are: numbers or dates, as English or German write them,
 * else texts. Empty cells come last, whatever the direction.
 */
export function readColumn(texts: readonly string[], language: string) {
  const values = readNumbers(texts, language) ?? readDates(texts, language);
  const { compare } = new Intl.Collator(language, { numeric: true });
  return (one: number, other: number, direction: "ascending" | "descending"): number => {
    const sign = direction === "ascending" ? 1 : -1;
    if (isEmpty(texts[one]) || isEmpty(texts[other])) {
      return Number(isEmpty(texts[one])) - Number(isEmpty(texts[other]));
    }
    if (values === null) return sign * compare(texts[one] ?? "", texts[other] ?? "");
    return sign * ((values[one] ?? 0) - (values[other] ?? 0));
  };
}

const isEmpty = (text = ""): boolean => /^(?:|[-–—]|n\/?a|k\. ?A\.)$/i.test(text.trim());

const scales: Record<string, number> = {
  k: 1e3,
  K: 1e3,
  Tsd: 1e3,
  M: 1e6,
  Mio: 1e6,
  B: 1e9,
  bn: 1e9,
  Mrd: 1e9,
  T: 1e12,
};

/** A sign, digits with marks and spaces between them, and a unit. A currency may stand before or after the sign. */
const amount =
  /^(?:~|≈|ca\. ?)?([+−-]?)(?:[$€£¥₹]|[A-Z]{3} )?\s?([+−-]?)(\d(?:[\d.,'’\s]*\d)?)\s?([\p{L}%°µ²³/€$£¥₹]{0,12})\.?$/u;

/** Returns the numbers of a column, or null if one of its texts is none, or if the texts have different units. */
export function readNumbers(texts: readonly string[], language: string): Values | null {
  const found = texts.map((text) => (isEmpty(text) ? null : amountOf(text.trim())));
  if (found.includes(undefined)) return null;
  const amounts = found.filter((one) => one !== null && one !== undefined);
  const units = new Set(
    amounts.map(({ unit }) => (Object.hasOwn(scales, unit) ? "" : unit)).filter(Boolean),
  );
  const mark = decimalMark(
    amounts.map(({ digits }) => digits),
    language,
  );
  if (amounts.length === 0 || mark === null || units.size > 1) return null;
  const values = found.map((one) => (one ? numberOf(one, mark) : null));
  return values.some(Number.isNaN) ? null : values;
}

interface Amount {
  isNegative: boolean;
  digits: string;
  unit: string;
}

function amountOf(text: string): Amount | undefined {
  const bracketed = /^\((.*)\)$/.exec(text);
  const [, sign, inner, digits, unit] = amount.exec(bracketed?.[1] ?? text) ?? [];
  if (digits === undefined) return undefined;
  const isNegative = bracketed !== null || /[−-]/.test(`${sign}${inner}`);
  return { isNegative, digits: digits.replace(/['’\s]/g, ""), unit: unit ?? "" };
}

function numberOf({ isNegative, digits, unit }: Amount, mark: "." | ","): number {
  const [whole = "", fraction = "", ...more] = digits.split(mark);
  const groups = mark === "." ? "," : ".";
  // 1,234,567 or, in India, 12,34,567.
  const isGrouped = whole
    .split(groups)
    .slice(1)
    .every(
      (group, index, { length }) =>
        group.length === 3 || (group.length === 2 && index < length - 1),
    );
  if (more.length > 0 || !isGrouped || fraction.includes(groups)) return Number.NaN;
  const value = Number(`${whole.replaceAll(groups, "")}.${fraction || "0"}`);
  return (isNegative ? -1 : 1) * value * (Object.hasOwn(scales, unit) ? (scales[unit] ?? 1) : 1);
}

/** Returns the decimal mark that fits all numbers; the language decides if all could be read both ways. Null if none fits. */
function decimalMark(numbers: string[], language: string): "." | "," | null {
  const needed = new Set(numbers.flatMap((number) => neededMark(number) ?? []));
  if (needed.size > 1) return null;
  const [mark = language === "de" ? "," : "."] = needed;
  return mark;
}

/** Returns the decimal mark that a number shows; null for "1.234", which is a thousand in German and about one in English. */
function neededMark(number: string): "." | "," | null {
  const marks = number.match(/[.,]/g) ?? [];
  const last = marks.at(-1);
  if (last !== "." && last !== ",") return null;
  if (new Set(marks).size > 1) return last;
  if (marks.length > 1) return last === "." ? "," : ".";
  const [whole = "", fraction = ""] = number.split(last);
  const isAmbiguous = fraction.length === 3 && whole.length <= 3 && whole !== "0";
  return isAmbiguous ? null : last;
}

/** Returns the times of a column in milliseconds, or null if one of its texts is no date. */
export function readDates(texts: readonly string[], language: string): Values | null {
  const isMonthFirst = readsMonthFirst(texts, language);
  const dates = texts.map((text) => (isEmpty(text) ? null : dateOf(text.trim(), isMonthFirst)));
  if (dates.includes(undefined) || dates.every((date) => date === null)) return null;
  return dates.map((date) => date ?? null);
}

const slashed = /^(\d{1,2})\/(\d{1,2})\/(\d{4}|\d{2})$/;

/** 3/4/2026 is in March in the United States. A number above 12 in the column decides. */
function readsMonthFirst(texts: readonly string[], language: string): boolean {
  const found = texts.map((text) => slashed.exec(text.trim())).filter((match) => match !== null);
  if (found.some(([, first]) => Number(first) > 12)) return false;
  return found.some(([, , second]) => Number(second) > 12) || language === "en";
}

function dateOf(text: string, isMonthFirst: boolean): number | undefined {
  const iso =
    /^(\d{4})-(\d{1,2})(?:-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?:Z| UTC)?)?)?$/.exec(
      text,
    );
  if (iso) {
    const [, year, month, day = 1, hour = 0, minute = 0, second = 0] = iso;
    return timeOf(year, month, day, hour, minute, second);
  }
  const dotted = /^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})(?:,?\s(\d{1,2}):(\d{2}))?$/.exec(text);
  if (dotted) {
    const [, day, month, year, hour = 0, minute = 0] = dotted;
    return timeOf(year, month, day, hour, minute);
  }
  const [, one, other, year] = slashed.exec(text) ?? [];
  if (year !== undefined) return isMonthFirst ? timeOf(year, one, other) : timeOf(year, other, one);
  const quarter = /^(?:Q([1-4])[ /-]?(\d{4})|(\d{4})[ /-]?Q([1-4]))$/i.exec(text);
  if (quarter) {
    const [, before, yearAfter, yearBefore, after] = quarter;
    return timeOf(yearAfter ?? yearBefore, Number(before ?? after) * 3 - 2);
  }
  return dateInWords(text);
}

/** Reads "5 January 2026", "Jan 5, 2026", "Montag, 5. Januar 2026", "March 2026" and "May". */
function dateInWords(text: string): number | undefined {
  const words = text.toLowerCase().match(/\p{L}+|\d+/gu) ?? [];
  if (words.length > 5 || words.length === 0) return undefined;
  const found = words.map((word) => months.get(word)).filter((month) => month !== undefined);
  const numbers = words.filter((word) => /^\d/.test(word));
  const years = numbers.filter((number) => number.length === 4);
  const days = numbers.filter((number) => number.length <= 2);
  const isKnown = words.every(
    (word) =>
      months.has(word) ||
      /^\d/.test(word) ||
      /^(?:st|nd|rd|th|of)$/.test(word) ||
      weekdays.has(word),
  );
  const fits = found.length === 1 && years.length + days.length === numbers.length;
  if (!isKnown || !fits || years.length > 1 || days.length > 1) return undefined;
  return timeOf(years[0] ?? 2000, found[0], days[0] ?? 1);
}

/** Returns undefined if there is no such day, such as 31.02.2026. */
function timeOf(
  year: string | number | undefined,
  month: string | number | undefined,
  day: string | number = 1,
  ...time: (string | number)[]
): number | undefined {
  const wholeYear = Number(year) + (String(year).length === 2 ? 2000 : 0);
  const [hour = 0, minute = 0, second = 0] = time.map(Number);
  const at = new Date(Date.UTC(wholeYear, Number(month) - 1, Number(day), hour, minute, second));
  const isThere = at.getUTCMonth() === Number(month) - 1 && at.getUTCDate() === Number(day);
  return isThere ? at.getTime() : undefined;
}

const months = namesOf(12, (index) => Date.UTC(2026, index, 15), "month");
/** 5 January 2026 is a Monday. */
const weekdays = namesOf(7, (index) => Date.UTC(2026, 0, 5 + index), "weekday");

/** Returns the numbers of months or weekdays by their English and German names, long and short, in small letters. */
function namesOf(
  count: number,
  at: (index: number) => number,
  part: "month" | "weekday",
): Map<string, number> {
  const names = new Map<string, number>();
  for (const locale of ["en", "de"]) {
    for (const length of ["long", "short"] as const) {
      const format = new Intl.DateTimeFormat(locale, { [part]: length, timeZone: "UTC" });
      for (let index = 0; index < count; index += 1) {
        names.set(format.format(at(index)).toLowerCase().replace(/\W+$/u, ""), index + 1);
      }
    }
  }
  return names;
}
