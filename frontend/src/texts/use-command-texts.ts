import { type CommandTexts, commandEnglish } from "./command-english.ts";
import { commandGerman } from "./command-german.ts";
import type { Language } from "./language.ts";
import { useTexts } from "./use-texts.tsx";

const catalogues: Record<Language, CommandTexts> = { en: commandEnglish, de: commandGerman };

export function useCommandTexts(): CommandTexts {
  return catalogues[useTexts().language];
}
