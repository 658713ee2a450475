import type { Texts } from "./english.ts";
import type { Language } from "./language.ts";

/**
 * Returns null for English, which comes with the chat. Returns null as well if the catalogue fails to load: offline, or a
 * deployment has replaced the file.
 */
export async function loadTranslation(language: Language): Promise<Texts | null> {
  if (language === "en") return null;
  return await import("./german.ts").then(
    ({ german }) => german,
    () => null,
  );
}
