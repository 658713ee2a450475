import { useState } from "react";
import { storedText } from "../ui/stored-text.ts";

const stored = storedText("localStorage", "list");

/** Returns whether the person has hidden the list beside the chat, and what hides or shows it. The browser remembers the choice. */
export function useHiddenList() {
  const [isHidden, setIsHidden] = useState(() => stored.read() === "hidden");
  const hide = (next: boolean) => {
    stored.write(next ? "hidden" : null);
    setIsHidden(next);
  };
  return [isHidden, hide] as const;
}
