import type { Language } from "./language.ts";
import { type SettingsTexts, settingsEnglish } from "./settings-english.ts";
import { settingsGerman } from "./settings-german.ts";
import { useTexts } from "./use-texts.tsx";

const catalogues: Record<Language, SettingsTexts> = { en: settingsEnglish, de: settingsGerman };

export function useSettingsTexts(): SettingsTexts {
  return catalogues[useTexts().language];
}
