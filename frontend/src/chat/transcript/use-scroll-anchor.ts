import { type RefObject, useEffect } from "react";

/**
 * Keeps the text that a person reads in its place while turns outside the viewport change their height. Safari needs this,
 * because it has no scroll anchoring. Corrections are rare: the browser measures each turn before it may skip the turn
 * (`content-visibility`), so that a turn outside the viewport keeps its height.
 */
export function useScrollAnchor(list: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const turns = list.current;
    if (turns === null) return;
    let width = turns.clientWidth;
    let anchor = findAnchor(turns);

    const saveAnchor = () => {
      anchor = findAnchor(turns);
    };
    const restoreAnchor = () => {
      if (anchor !== null) scrollToAnchor(turns, anchor);
      saveAnchor();
    };
    const resized = new ResizeObserver((entries) => {
      if (turns.clientWidth !== width) {
        width = turns.clientWidth;
        // All heights have changed. Without the attribute the browser lays out and measures each turn again.
        for (const turn of turns.children) turn.removeAttribute("data-measured");
      }
      allowSkipping(entries.map(({ target }) => target).filter((target) => target !== turns));
      restoreAnchor();
    });
    const added = new MutationObserver((records) => {
      for (const { addedNodes } of records) {
        for (const node of addedNodes) if (node instanceof HTMLElement) resized.observe(node);
      }
      // `usePrependAnchor` keeps the reader's position for prepended turns.
      saveAnchor();
    });
    resized.observe(turns);
    for (const turn of turns.children) resized.observe(turn);
    added.observe(turns, { childList: true });
    window.addEventListener("scroll", restoreAnchor, { passive: true });
    return () => {
      resized.disconnect();
      added.disconnect();
      window.removeEventListener("scroll", restoreAnchor);
    };
  }, [list]);
}

/** Lets the browser skip turns outside the viewport. By the next frame it has stored their heights (CSS Sizing 4, 5.2). */
function allowSkipping(turns: Element[]): void {
  requestAnimationFrame(() => {
    for (const turn of turns) turn.toggleAttribute("data-measured", true);
  });
}

/** A part of a turn, its distance from the top of the viewport, and the page's scroll position (pixels). */
interface Anchor {
  part: Element;
  top: number;
  scrollY: number;
}

/** Returns the first part (list item, table row, paragraph, turn) that starts in the viewport, else the turn that fills it. */
function findAnchor(turns: Element): Anchor | null {
  const { children } = turns;
  const first = firstIndexInViewport(children);
  // A long turn may start above the viewport.
  const above = children[first - 1];
  const parts = above?.querySelectorAll("p, li, tr, pre, h1, h2, h3, h4, h5, h6") ?? [];
  const inAbove = parts[firstIndexInViewport(parts)];
  const part = inAbove ?? children[first] ?? above;
  if (part === undefined) return null;
  return { part, top: part.getBoundingClientRect().top, scrollY: window.scrollY };
}

/** Returns the index of the first element that does not start above the viewport; the number of elements if all do. */
function firstIndexInViewport(elements: ArrayLike<Element>): number {
  let [from, to] = [0, elements.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((elements[middle]?.getBoundingClientRect().top ?? 0) >= 0) to = middle;
    else from = middle + 1;
  }
  return from;
}

/** Scrolls by the distance that the part moved without scrolling. */
function scrollToAnchor(turns: Element, { part, top, scrollY }: Anchor): void {
  if (!part.isConnected || isAtEnd() || anchorsItself(turns)) return;
  const moved = part.getBoundingClientRect().top - top + (window.scrollY - scrollY);
  if (Math.abs(moved) >= 1) window.scrollBy(0, moved);
}

/** At the end of the page `useStickToBottom` scrolls. */
function isAtEnd(): boolean {
  return document.documentElement.scrollHeight - window.innerHeight - window.scrollY <= 1;
}

/** Returns whether the browser has scroll anchoring. */
function anchorsItself(turns: Element): boolean {
  return [document.documentElement, document.body, turns].every(
    (element) => getComputedStyle(element).getPropertyValue("overflow-anchor") === "auto",
  );
}
