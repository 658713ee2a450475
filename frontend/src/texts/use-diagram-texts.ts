import { type DiagramTexts, diagramEnglish } from "./diagram-english.ts";
import { diagramGerman } from "./diagram-german.ts";
import type { Language } from "./language.ts";
import { useTexts } from "./use-texts.tsx";

const catalogues: Record<Language, DiagramTexts> = { en: diagramEnglish, de: diagramGerman };

export function useDiagramTexts(): DiagramTexts {
  return catalogues[useTexts().language];
}
