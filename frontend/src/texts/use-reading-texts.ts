import type { Language } from "./language.ts";
import { type ReadingTexts, readingEnglish } from "./reading-english.ts";
import { readingGerman } from "./reading-german.ts";
import { useTexts } from "./use-texts.tsx";

const catalogues: Record<Language, ReadingTexts> = { en: readingEnglish, de: readingGerman };

export function useReadingTexts(): ReadingTexts {
  return catalogues[useTexts().language];
}
