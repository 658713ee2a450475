import { useSyncExternalStore } from "react";
import { createListeners } from "./listeners.ts";

const [subscribe, notify] = createListeners();
const actions = [
  ...["dragenter", "drop", "hashchange", "input", "keydown", "paste", "pointerdown", "pointermove"],
];
const watching = new AbortController();
let hasActed = false;

/**
 * Returns whether the person has done anything on this page, be it that they moved the pointer. A page that somebody only looks at
 * loads no script for what they may do next. See `watchForAction`.
 */
export const useHasActed = (): boolean => useSyncExternalStore(subscribe, () => hasActed);

/** Begins to notice what the person does. Called once, when the script of the chat arrives. */
export function watchForAction(): void {
  for (const action of actions) {
    addEventListener(
      action,
      (event) => {
        if (isOfLayout(event)) return;
        // Must come later: a render between the event and React's own listener would undo the first letter that a person types.
        setTimeout(noteAction);
      },
      { capture: true, passive: true, signal: watching.signal },
    );
  }
}

/** Called for an action before the script of the chat has arrived. */
export function noteAction(): void {
  watching.abort();
  hasActed = true;
  notify();
}

/** When the page moves under a pointer that rests, Chromium says that the pointer has moved. */
const isOfLayout = (event: Event) =>
  event instanceof PointerEvent &&
  event.type === "pointermove" &&
  event.movementX === 0 &&
  event.movementY === 0;
