import { useEffect, useRef } from "react";
import { type Commands, commandOf } from "./command.ts";

/** Runs commands by their keys. While a dialog is open, its keys are its own; a letter typed into a field stays a letter. */
export function useShortcuts(commands: Commands): void {
  const newest = useRef(commands);
  newest.current = commands;

  useEffect(() => {
    const listening = new AbortController();
    document.addEventListener(
      "keydown",
      (event) => {
        const id = event.isComposing ? undefined : commandOf(event);
        const run = id && newest.current[id];
        if (!run || document.querySelector("dialog[open]") !== null) return;
        const isLetter = event.key.length === 1 && !event.ctrlKey && !event.metaKey;
        if (isLetter && isField(event.target)) return;
        event.preventDefault();
        run();
      },
      { signal: listening.signal },
    );
    return () => listening.abort();
  }, []);
}

const isField = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
