import type { KeyboardEvent } from "react";

/** Returns whether a key event belongs to an input method, for example an Enter that chooses a word. */
export function isComposing({ nativeEvent }: KeyboardEvent): boolean {
  // Safari ends the composition before it dispatches the key that ended it, but sets this legacy code.
  return nativeEvent.isComposing || nativeEvent.keyCode === 229;
}
