import type { Language } from "./language.ts";
import { type ShareTexts, shareEnglish } from "./share-english.ts";
import { shareGerman } from "./share-german.ts";
import { useTexts } from "./use-texts.tsx";

const catalogues: Record<Language, ShareTexts> = { en: shareEnglish, de: shareGerman };

export function useShareTexts(): ShareTexts {
  return catalogues[useTexts().language];
}
