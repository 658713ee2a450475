import type { Language } from "./language.ts";
import { useTexts } from "./use-texts.tsx";
import { type WelcomeTexts, welcomeEnglish } from "./welcome-english.ts";
import { welcomeGerman } from "./welcome-german.ts";

const catalogues: Record<Language, WelcomeTexts> = { en: welcomeEnglish, de: welcomeGerman };

export function useWelcomeTexts(): WelcomeTexts {
  return catalogues[useTexts().language];
}
