import { type DemoTexts, demoEnglish } from "./demo-english.ts";
import { demoGerman } from "./demo-german.ts";
import type { Language } from "./language.ts";
import { useTexts } from "./use-texts.tsx";

const catalogues: Record<Language, DemoTexts> = { en: demoEnglish, de: demoGerman };

export function useDemoTexts(): DemoTexts {
  return catalogues[useTexts().language];
}
