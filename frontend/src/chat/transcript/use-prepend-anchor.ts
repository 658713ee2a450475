import { type RefObject, useLayoutEffect, useRef } from "react";

/**
 * Keeps a list's first element where it is on the screen when others are put before it. At the top of a page the browser
 * does not. `keep` is to be called when they are asked for.
 */
export function usePrependAnchor(
  list: RefObject<HTMLElement | null>,
  firstKey: string | undefined,
) {
  const kept = useRef<{ element: Element; top: number; scrollY: number } | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new first element is what this waits for
  useLayoutEffect(() => {
    if (kept.current === null) return;
    const { element, top, scrollY } = kept.current;
    kept.current = null;
    // Else the browser, or the reader, has moved already.
    if (window.scrollY === scrollY) window.scrollBy(0, element.getBoundingClientRect().top - top);
  }, [firstKey]);

  const keep = () => {
    const element = list.current?.firstElementChild;
    if (!element) return;
    kept.current = {
      element,
      top: element.getBoundingClientRect().top,
      scrollY: window.scrollY,
    };
  };
  return keep;
}
