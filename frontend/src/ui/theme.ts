import { storedText } from "./stored-text.ts";

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

const stored = storedText("localStorage", "theme");

/** Applies the theme that this browser has stored. Call it before the first paint, so that the page does not flash. */
export function applyTheme(theme: Theme = readTheme()): void {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
}

export function readTheme(): Theme {
  const name = stored.read();
  return themes.find((theme) => theme === name) ?? "system";
}

/** Applies the theme and stores it. */
export function chooseTheme(theme: Theme): void {
  stored.write(theme === "system" ? null : theme);
  applyTheme(theme);
}
