import { useMemo } from "react";
import { chooseLocale } from "../texts/locale.ts";
import { useTexts } from "../texts/use-texts.tsx";

/** Returns formatters for amounts, counts, shares and days in UTC, in the page's language and the browser's region. */
export function useUsageFormats() {
  const { language } = useTexts();
  return useMemo(() => createUsageFormats(chooseLocale(language, navigator.languages)), [language]);
}

function createUsageFormats(locale: string) {
  const currency = { style: "currency", currency: "USD" } as const;
  const cents = new Intl.NumberFormat(locale, currency);
  const parts = new Intl.NumberFormat(locale, { ...currency, maximumSignificantDigits: 2 });
  const count = new Intl.NumberFormat(locale);
  const short = new Intl.NumberFormat(locale, { notation: "compact" });
  const share = new Intl.NumberFormat(locale, { style: "percent" });
  const day = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" });
  const shortDay = new Intl.DateTimeFormat(locale, {
    ...{ day: "numeric", month: "short" },
    timeZone: "UTC",
  });
  const time = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
  return {
    /** Whole cents. Smaller amounts with two digits. */
    dollars: (usd: number) => (usd === 0 || usd >= 0.1 ? cents : parts).format(usd),
    count: (value: number) => count.format(value),
    shortCount: (value: number) => short.format(value),
    /** `value` is from 0 to 1. */
    share: (value: number) => share.format(value),
    /** `date` is "2026-11-28". */
    day: (date: string) => day.format(new Date(date)),
    shortDay: (date: string) => shortDay.format(new Date(date)),
    time: (at: Date) => time.format(at),
  };
}
