import { storedText } from "../ui/stored-text.ts";
import { english, type Texts } from "./english.ts";
import { languageOf } from "./locale.ts";

/** Each in its own words. */
export const languages = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof languages;

const kept = storedText("localStorage", "language");

/** The one that this browser's person has chosen, else the first that the browser asks for and we have. */
export function readLanguage(): Language {
  const wanted = [kept.read() ?? "", ...(navigator.languages ?? [])];
  return wanted.map(languageOf).find(isLanguage) ?? "en";
}

export function keepLanguage(language: Language): void {
  kept.write(language);
}

/** English where the texts of another language cannot be had: offline, or a newer page has been deployed. */
export async function loadTexts(language: Language): Promise<Texts> {
  if (language === "en") return english;
  return await import("./german.ts").then(
    ({ german }) => german,
    () => english,
  );
}

function isLanguage(name: string): name is Language {
  return Object.hasOwn(languages, name);
}
