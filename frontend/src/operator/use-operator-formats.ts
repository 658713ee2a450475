import { useMemo } from "react";
import { chooseLocale } from "../texts/locale.ts";
import { useTexts } from "../texts/use-texts.tsx";

/** Returns formatters for the figures of the service, in the page's language and the browser's region. Days are in UTC. */
export function useOperatorFormats() {
  const { language } = useTexts();
  return useMemo(() => createFormats(chooseLocale(language, navigator.languages)), [language]);
}

function createFormats(locale: string) {
  const count = new Intl.NumberFormat(locale);
  const seconds = new Intl.NumberFormat(locale, {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });
  const share = new Intl.NumberFormat(locale, { style: "percent" });
  const dollars = new Intl.NumberFormat(locale, {
    ...{ style: "currency", currency: "USD" },
    maximumFractionDigits: 4,
  });
  const time = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  const hour = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
  const day = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" });
  return {
    count: (value: number) => count.format(value),
    share: (value: number) => share.format(value),
    dollars: (usd: number) => dollars.format(usd),
    seconds: (ms: number) => `${seconds.format(ms / 1_000)} s`,
    time: (at: string) => time.format(new Date(at)),
    hour: (at: string) => hour.format(new Date(at)),
    day: (at: string) => day.format(new Date(at)),
  };
}
