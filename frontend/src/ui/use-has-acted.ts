import { useSyncExternalStore } from "react";
import { createListeners } from "./listeners.ts";

const [subscribe, notify] = createListeners();
const actions = ["dragenter", "hashchange", "input", "keydown", "pointerdown", "pointermove"];
let hasActed: boolean | undefined;

/**
 * Returns whether the person has done anything on this page, be it that they moved the pointer. A page that somebody only looks at
 * loads no script for what they may do next.
 */
export const useHasActed = (): boolean => useSyncExternalStore(subscribe, readHasActed);

function readHasActed(): boolean {
  if (hasActed !== undefined) return hasActed;
  // They may have signed in on this page before.
  hasActed = navigator.userActivation?.hasBeenActive ?? false;
  if (hasActed) return true;
  const listening = new AbortController();
  for (const action of actions) {
    const options = { capture: true, passive: true, signal: listening.signal };
    addEventListener(
      action,
      () => {
        listening.abort();
        hasActed = true;
        notify();
      },
      options,
    );
  }
  return false;
}
