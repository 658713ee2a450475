import { type EditTexts, editEnglish } from "./edit-english.ts";
import { editGerman } from "./edit-german.ts";
import type { Language } from "./language.ts";
import { useTexts } from "./use-texts.tsx";

const catalogues: Record<Language, EditTexts> = { en: editEnglish, de: editGerman };

export function useEditTexts(): EditTexts {
  return catalogues[useTexts().language];
}
