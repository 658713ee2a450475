import { type RefObject, useEffect } from "react";

/**
 * Keeps what somebody reads where it is while turns out of sight change their height. Browsers with scroll anchoring do so
 * themselves; Safari has none. Most of the time there is nothing to correct: a turn that leaves the sight keeps the height
 * that it had, because each is measured before the browser may skip it (`content-visibility`).
 */
export function useScrollAnchor(list: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const turns = list.current;
    if (turns === null) return;
    let width = turns.clientWidth;
    let place = findPlace(turns);

    const remember = () => {
      place = findPlace(turns);
    };
    const steady = () => {
      if (place !== null) keep(turns, place);
      remember();
    };
    const resized = new ResizeObserver((entries) => {
      if (turns.clientWidth !== width) {
        width = turns.clientWidth;
        // Every height is another one now. Laid out again, each of them is measured again.
        for (const turn of turns.children) turn.removeAttribute("data-measured");
      }
      allowSkipping(entries.map(({ target }) => target).filter((target) => target !== turns));
      steady();
    });
    const added = new MutationObserver((records) => {
      for (const { addedNodes } of records) {
        for (const node of addedNodes) if (node instanceof HTMLElement) resized.observe(node);
      }
      // Who has added them has cared for the reader's place: see `usePrependAnchor`.
      remember();
    });
    resized.observe(turns);
    for (const turn of turns.children) resized.observe(turn);
    added.observe(turns, { childList: true });
    window.addEventListener("scroll", steady, { passive: true });
    return () => {
      resized.disconnect();
      added.disconnect();
      window.removeEventListener("scroll", steady);
    };
  }, [list]);
}

/** Lets the browser skip the turns when out of sight. It has noted their heights by the next frame (CSS Sizing 4, 5.2). */
function allowSkipping(turns: Element[]): void {
  requestAnimationFrame(() => {
    for (const turn of turns) turn.toggleAttribute("data-measured", true);
  });
}

/** A part of a turn, and where it is on the screen. */
interface Place {
  part: Element;
  top: number;
  scrollY: number;
}

/** The first part that begins in sight: a line of a list or a table, a paragraph, a turn; else the turn that fills the sight. */
function findPlace(turns: Element): Place | null {
  const { children } = turns;
  const first = indexInSight(children);
  // A long turn may have begun above.
  const above = children[first - 1];
  const parts = above?.querySelectorAll("p, li, tr, pre, h1, h2, h3, h4, h5, h6") ?? [];
  const inAbove = parts[indexInSight(parts)];
  const part = inAbove ?? children[first] ?? above;
  if (part === undefined) return null;
  return { part, top: part.getBoundingClientRect().top, scrollY: window.scrollY };
}

/** Of elements that follow each other down the page, the first whose beginning is not above the sight; their number for none. */
function indexInSight(elements: ArrayLike<Element>): number {
  let [from, to] = [0, elements.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((elements[middle]?.getBoundingClientRect().top ?? 0) >= 0) to = middle;
    else from = middle + 1;
  }
  return from;
}

/** Scrolls by as much as the part has moved without being scrolled. */
function keep(turns: Element, { part, top, scrollY }: Place): void {
  if (!part.isConnected || isAtEnd() || anchorsItself(turns)) return;
  const moved = part.getBoundingClientRect().top - top + (window.scrollY - scrollY);
  if (Math.abs(moved) >= 1) window.scrollBy(0, moved);
}

/** Where the page grows in sight: see `useStickToBottom`. */
function isAtEnd(): boolean {
  return document.documentElement.scrollHeight - window.innerHeight - window.scrollY <= 1;
}

/** Whether the browser does all this. */
function anchorsItself(turns: Element): boolean {
  return [document.documentElement, document.body, turns].every(
    (element) => getComputedStyle(element).getPropertyValue("overflow-anchor") === "auto",
  );
}
