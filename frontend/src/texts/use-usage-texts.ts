import type { Language } from "./language.ts";
import { type UsageTexts, usageEnglish } from "./usage-english.ts";
import { usageGerman } from "./usage-german.ts";
import { useTexts } from "./use-texts.tsx";

const catalogues: Record<Language, UsageTexts> = { en: usageEnglish, de: usageGerman };

export function useUsageTexts(): UsageTexts {
  return catalogues[useTexts().language];
}
