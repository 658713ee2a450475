import type { Language } from "./language.ts";
import { type PageSettingsTexts, pageSettingsEnglish } from "./page-settings-english.ts";
import { pageSettingsGerman } from "./page-settings-german.ts";
import { useTexts } from "./use-texts.tsx";

const catalogues: Record<Language, PageSettingsTexts> = {
  en: pageSettingsEnglish,
  de: pageSettingsGerman,
};

export function usePageSettingsTexts(): PageSettingsTexts {
  return catalogues[useTexts().language];
}
