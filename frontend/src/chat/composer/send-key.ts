import type { KeyboardEvent } from "react";

/**
 * Returns whether a pressed key sends the message. An on-screen keyboard has no Shift to hold, so that Enter starts a new line
 * on a touch screen.
 */
export function isSendKey(event: KeyboardEvent, isTouched: boolean): boolean {
  if (event.key !== "Enter" || event.shiftKey) return false;
  return !isTouched || event.ctrlKey || event.metaKey;
}
