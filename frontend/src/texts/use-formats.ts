import { chooseLocale } from "./locale.ts";
import { useTexts } from "./use-texts.tsx";

/** How figures and times are written in the page's language, and in the region of it that the browser asks for. */
export function useFormats(): Formats {
  const { language } = useTexts();
  const locale = chooseLocale(language, navigator.languages);
  const known = formats.get(locale) ?? createFormats(locale);
  formats.set(locale, known);
  return known;
}

export type Formats = ReturnType<typeof createFormats>;

// Making them takes longer than using them, and each answer uses some.
const formats = new Map<string, Formats>();

function createFormats(locale: string) {
  const time = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
  const dayAndTime = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
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
    /** The time of day, with the day unless that is today. */
    time: (at: Date) =>
      (at.toDateString() === new Date().toDateString() ? time : dayAndTime).format(at),
    exactTime: (at: Date) => exact.format(at),
    duration: (ms: number) => `${seconds.format(ms / 1_000)} s`,
    dollars: (amount: number) => dollars.format(amount),
  };
}
