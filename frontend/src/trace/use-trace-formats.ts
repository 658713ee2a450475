import { useMemo } from "react";
import { chooseLocale } from "../texts/locale.ts";
import { useFormats } from "../texts/use-formats.ts";
import { useTexts } from "../texts/use-texts.tsx";

/** Returns formatters for amounts and for durations from a millisecond to days, in the page's language. */
export function useTraceFormats() {
  const { language } = useTexts();
  const { dollars, duration: seconds } = useFormats();
  const duration = useMemo(
    () => durationFormat(chooseLocale(language, navigator.languages), seconds),
    [language, seconds],
  );
  return { dollars, duration };
}

/** Each unit with its length in milliseconds. */
const units = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

function durationFormat(locale: string, seconds: (ms: number) => string) {
  const formatIn = (unit: string, digits: number) => {
    const options = { style: "unit", unit, unitDisplay: "short" } as const;
    return new Intl.NumberFormat(locale, { ...options, maximumFractionDigits: digits });
  };
  const milliseconds = formatIn("millisecond", 0);
  const formats = units.map(([unit, length]) => ({ length, format: formatIn(unit, 1) }));
  return (ms: number): string => {
    const unit = formats.find(({ length }) => ms >= length);
    if (unit) return unit.format.format(ms / unit.length);
    return ms >= 1_000 ? seconds(ms) : milliseconds.format(ms);
  };
}
