import { type DocumentTexts, documentEnglish } from "./document-english.ts";
import { documentGerman } from "./document-german.ts";
import type { Language } from "./language.ts";
import { useTexts } from "./use-texts.tsx";

const catalogues: Record<Language, DocumentTexts> = { en: documentEnglish, de: documentGerman };

export function useDocumentTexts(): DocumentTexts {
  return catalogues[useTexts().language];
}
