import { type RefObject, useLayoutEffect, useRef } from "react";

/**
 * Keeps the first element of a list in its place on the screen when elements are prepended. Browsers do not do this at the top
 * of a page. Returns a function to call before the request for earlier elements.
 */
export function usePrependAnchor(
  list: RefObject<HTMLElement | null>,
  firstKey: string | undefined,
) {
  const anchor = useRef<{ element: Element; top: number; scrollY: number } | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: runs for each new first element
  useLayoutEffect(() => {
    if (anchor.current === null) return;
    const { element, top, scrollY } = anchor.current;
    anchor.current = null;
    // If the position differs, the browser or the reader has scrolled already.
    if (window.scrollY === scrollY) window.scrollBy(0, element.getBoundingClientRect().top - top);
  }, [firstKey]);

  const setAnchor = () => {
    const element = list.current?.firstElementChild;
    if (!element) return;
    anchor.current = {
      element,
      top: element.getBoundingClientRect().top,
      scrollY: window.scrollY,
    };
  };
  return setAnchor;
}
