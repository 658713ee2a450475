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
    addEventListener(
      action,
      (event) => {
        if (isOfLayout(event)) return;
        listening.abort();
        hasActed = true;
        // Must come later: a render between the event and React's own listener would undo the first letter that a person types.
        setTimeout(notify);
      },
      { capture: true, passive: true, signal: listening.signal },
    );
  }
  return false;
}

/** When the page moves under a pointer that rests, Chromium says that the pointer has moved. */
const isOfLayout = (event: Event) =>
  event instanceof PointerEvent &&
  event.type === "pointermove" &&
  event.movementX === 0 &&
  event.movementY === 0;
