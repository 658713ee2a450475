import { useSyncExternalStore } from "react";
import { createListeners } from "#frontend/ui/listeners.ts";
import { storedText } from "#frontend/ui/stored-text.ts";

const stored = storedText("localStorage", "wrap-code");
const [subscribe, notify] = createListeners();

/** The stylesheet of answers reads this attribute, so that no block of code renders again. */
const applyWrapping = (isWrapped: boolean) =>
  document.documentElement.toggleAttribute("data-wrap-code", isWrapped);

applyWrapping(stored.read() !== null);

const isWrapped = () => document.documentElement.hasAttribute("data-wrap-code");

/** Whether all code wraps its long lines, which this browser remembers, and the function that changes it. */
export function useCodeWrapping(): [boolean, () => void] {
  return [useSyncExternalStore(subscribe, isWrapped), toggleWrapping];
}

function toggleWrapping(): void {
  applyWrapping(!isWrapped());
  stored.write(isWrapped() ? "yes" : null);
  notify();
}
