import { storedText } from "../ui/stored-text.ts";

/** Each language by its own name. */
export const languages = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof languages;

const choice = storedText("localStorage", "language");

/** Returns the user's choice, or else the browser's first preferred language that has a catalogue, or English. */
export function readLanguage(): Language {
  const wanted = [choice.read() ?? "", ...(navigator.languages ?? [])];
  return wanted.map(languageOf).find(isLanguage) ?? "en";
}

export function keepLanguage(language: Language): void {
  choice.write(language);
}

function isLanguage(name: string): name is Language {
  return Object.hasOwn(languages, name);
}

/** Returns "de" for "de-AT", "DE_AT.UTF-8" and "de@euro". */
export function languageOf(tag: string): string {
  return tag.split(/[^A-Za-z]/, 1)[0]?.toLowerCase() ?? "";
}
