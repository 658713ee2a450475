import type { Language } from "./language.ts";
import { type RowMenuTexts, rowMenuEnglish } from "./row-menu-english.ts";
import { rowMenuGerman } from "./row-menu-german.ts";
import { useTexts } from "./use-texts.tsx";

const catalogues: Record<Language, RowMenuTexts> = { en: rowMenuEnglish, de: rowMenuGerman };

export function useRowMenuTexts(): RowMenuTexts {
  return catalogues[useTexts().language];
}
