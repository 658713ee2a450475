import type { Language } from "./language.ts";
import { type NoteTexts, noteEnglish } from "./note-english.ts";
import { noteGerman } from "./note-german.ts";
import { useTexts } from "./use-texts.tsx";

const catalogues: Record<Language, NoteTexts> = { en: noteEnglish, de: noteGerman };

export function useNoteTexts(): NoteTexts {
  return catalogues[useTexts().language];
}
