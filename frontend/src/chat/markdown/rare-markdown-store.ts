import { useSyncExternalStore } from "react";
import { createListeners } from "#frontend/ui/listeners.ts";

type RareMarkdown = typeof import("./rare-markdown.tsx").rareMarkdown;

const [subscribe, notify] = createListeners();
let loaded: RareMarkdown | null = null;

/** Returns what parses and draws rare Markdown; null until the first text with such Markdown has loaded it. */
export const readRareMarkdown = (): RareMarkdown | null => loaded;

/** Returns the same for a text that needs it, and null for every other text, which then does not render again. */
export function useRareMarkdown(isNeeded: boolean): RareMarkdown | null {
  const read = () => (isNeeded ? loaded : null);
  return useSyncExternalStore(subscribe, read, read);
}

export function setRareMarkdown(rareMarkdown: RareMarkdown): void {
  loaded = rareMarkdown;
  notify();
}
