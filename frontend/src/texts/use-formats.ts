import { chooseLocale } from "./locale.ts";
import { useTexts } from "./use-texts.tsx";

/** Returns formatters for figures and times in the page's language and the browser's region. */
export function useFormats(): Formats {
  const { language } = useTexts();
  const locale = chooseLocale(language, navigator.languages);
  const cached = formats.get(locale) ?? createFormats(locale);
  formats.set(locale, cached);
  return cached;
}

export type Formats = ReturnType<typeof createFormats>;

// Creating a formatter costs far more than using it, and every answer formats its facts.
const formats = new Map<string, Formats>();

function createFormats(locale: string) {
  const time = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
  const dayAndTime = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  const month = new Intl.DateTimeFormat(locale, { month: "long", year: "numeric" });
  const exact = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "medium" });
  const seconds = new Intl.NumberFormat(locale, {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });
  const dollars = new Intl.NumberFormat(locale, {
    style: "currency",
    currency: "USD",
    maximumSignificantDigits: 2,
  });
  return {
    /** The time of day, with the date unless it is today. */
    time: (at: Date) =>
      (at.toDateString() === new Date().toDateString() ? time : dayAndTime).format(at),
    dayAndTime: (at: Date) => dayAndTime.format(at),
    month: (at: Date) => month.format(at),
    exactTime: (at: Date) => exact.format(at),
    duration: (ms: number) =>
      `${ms < 100 ? "< " : ""}${seconds.format(Math.max(ms, 100) / 1_000)} s`,
    dollars: (amount: number) => dollars.format(amount),
  };
}
