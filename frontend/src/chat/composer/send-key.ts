import type { KeyboardEvent } from "react";
import { storedText } from "#frontend/ui/stored-text.ts";

/** `modified`: only Ctrl or ⌘ with Enter sends, and Enter starts a new line. */
export type SendKey = "enter" | "modified";

const stored = storedText("localStorage", "send-key");

/** What this browser's person has chosen. */
export const sendKey = {
  read: (): SendKey => (stored.read() === "modified" ? "modified" : "enter"),
  write: (key: SendKey): void => stored.write(key === "enter" ? null : key),
};

/** Returns whether Enter starts a new line, also on a touch screen: an on-screen keyboard has no Shift to hold. */
export const startsLine = (isTouched: boolean): boolean =>
  isTouched || sendKey.read() === "modified";

/** Returns whether a pressed key sends the message. */
export function isSendKey(event: KeyboardEvent, isTouched: boolean): boolean {
  if (event.key !== "Enter" || event.shiftKey) return false;
  return event.ctrlKey || event.metaKey || !startsLine(isTouched);
}
