import type { Language } from "./language.ts";
import { type ProgramTexts, programEnglish } from "./program-english.ts";
import { programGerman } from "./program-german.ts";
import { useTexts } from "./use-texts.tsx";

const catalogues: Record<Language, ProgramTexts> = { en: programEnglish, de: programGerman };

export function useProgramTexts(): ProgramTexts {
  return catalogues[useTexts().language];
}
