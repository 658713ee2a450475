import type { KeyboardEvent } from "react";

/** Whether a key belongs to an input method, as Enter does when it chooses a word. */
export function isComposing({ nativeEvent }: KeyboardEvent): boolean {
  // Safari ends the composing before it tells the key that ended it, but gives that key this old number.
  return nativeEvent.isComposing || nativeEvent.keyCode === 229;
}
