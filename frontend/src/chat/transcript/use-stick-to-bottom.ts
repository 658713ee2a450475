import { useCallback, useEffect, useRef, useState } from "react";

// About two lines. A reader who is so near to the end wants to see new text.
const nearPx = 64;

/**
 * Scrolls to the end of the page while the page grows, until the reader scrolls up or unfolds something.
 * @param hasTurns false while the page shows no conversation, whose end nobody waits for
 */
export function useStickToBottom(hasTurns: boolean): { isStuck: boolean; stick: () => void } {
  const [isStuck, setIsStuck] = useState(true);
  const stuck = useRef(true);

  const change = useCallback((next: boolean) => {
    stuck.current = next;
    setIsStuck(next);
  }, []);

  useEffect(() => {
    // The browser would restore a position before the transcript is loaded.
    history.scrollRestoration = "manual";
    let lastY = window.scrollY;
    const updateStuck = () => {
      // The page may have grown since the last frame. Only a move upwards comes from the reader.
      if (distanceToBottomPx() <= nearPx) change(true);
      else if (window.scrollY < lastY) change(false);
      lastY = window.scrollY;
    };
    const growth = new ResizeObserver(() => {
      if (!hasTurns) return;
      if (stuck.current) scrollToBottom();
      else change(distanceToBottomPx() <= nearPx);
    });
    // What unfolds begins where the reader looks.
    const stopAtUnfolding = ({ target }: Event) => {
      const isFold = target instanceof Element && target.closest("[aria-expanded], summary");
      if (isFold) stuck.current = false;
    };
    growth.observe(document.body);
    window.addEventListener("scroll", updateStuck, { passive: true });
    window.addEventListener("click", stopAtUnfolding, { capture: true });
    return () => {
      growth.disconnect();
      window.removeEventListener("scroll", updateStuck);
      window.removeEventListener("click", stopAtUnfolding, { capture: true });
    };
  }, [change, hasTurns]);

  const stick = useCallback(() => {
    change(true);
    scrollToBottom();
  }, [change]);

  return { isStuck: isStuck || !hasTurns, stick };
}

function distanceToBottomPx(): number {
  return document.documentElement.scrollHeight - window.innerHeight - window.scrollY;
}

function scrollToBottom(): void {
  window.scrollTo({ top: document.documentElement.scrollHeight });
}
