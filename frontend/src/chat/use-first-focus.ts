import { type RefObject, useEffect } from "react";

/** Focuses the composer. On a touch screen a keyboard would cover the conversation, so that the conversation gets the focus. */
export function useFirstFocus(
  composer: RefObject<HTMLElement | null>,
  main: RefObject<HTMLElement | null>,
  isFirst: boolean,
): void {
  useEffect(() => {
    if (matchMedia("(pointer: fine)").matches) composer.current?.focus();
    else if (!isFirst) main.current?.focus();
  }, [composer, main, isFirst]);
}
