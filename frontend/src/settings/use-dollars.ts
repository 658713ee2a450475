import { chooseLocale } from "../texts/locale.ts";
import { useTexts } from "../texts/use-texts.tsx";

/** Returns a formatter of whole cents. An amount below ten cents has up to four decimals. */
export function useDollars(): (usd: number) => string {
  const locale = chooseLocale(useTexts().language, navigator.languages);
  return (usd) =>
    new Intl.NumberFormat(locale, {
      style: "currency",
      currency: "USD",
      maximumFractionDigits: usd < 0.1 ? 4 : 2,
    }).format(usd);
}
