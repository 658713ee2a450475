import type { Language } from "./language.ts";
import { type ResultTexts, resultEnglish } from "./result-english.ts";
import { resultGerman } from "./result-german.ts";
import { useTexts } from "./use-texts.tsx";

const catalogues: Record<Language, ResultTexts> = { en: resultEnglish, de: resultGerman };

export function useResultTexts(): ResultTexts {
  return catalogues[useTexts().language];
}
