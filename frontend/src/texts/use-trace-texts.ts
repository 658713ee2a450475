import type { Language } from "./language.ts";
import { type TraceTexts, traceEnglish } from "./trace-english.ts";
import { traceGerman } from "./trace-german.ts";
import { useTexts } from "./use-texts.tsx";

const catalogues: Record<Language, TraceTexts> = { en: traceEnglish, de: traceGerman };

export function useTraceTexts(): TraceTexts {
  return catalogues[useTexts().language];
}
