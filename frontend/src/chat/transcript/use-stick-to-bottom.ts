import { useCallback, useEffect, useRef, useState } from "react";

/** How long the page glides to a message that was just sent, or to the end of an answer, rather than jump. */
const glideMs = 300;

// About two lines. A reader who is so near to the end wants to see new text.
const nearPx = 64;

/**
 * Scrolls to the end of the page while the page grows, until the reader scrolls up or unfolds something.
 * @param hasTurns false while the page shows no conversation, whose end nobody waits for
 */
export function useStickToBottom(hasTurns: boolean): { isStuck: boolean; stick: () => void } {
  const [isStuck, setIsStuck] = useState(true);
  const stuck = useRef(true);
  const glideUntil = useRef(0);

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
    let isShown = false;
    const growth = new ResizeObserver(() => {
      if (!hasTurns) return;
      const isFar = distanceToBottomPx() > nearPx;
      // A transcript that has just loaded shows its end at once.
      if (isFar && isShown) glideUntil.current = performance.now() + glideMs;
      isShown = true;
      if (stuck.current) scrollToBottom(performance.now() < glideUntil.current);
      else change(!isFar);
    });
    // What unfolds begins where the reader looks, and so does another version.
    const stopAtUnfolding = ({ target }: Event) => {
      const isFold =
        target instanceof Element && target.closest("[aria-expanded], summary, [data-steady]");
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
    glideUntil.current = performance.now() + glideMs;
    scrollToBottom(true);
  }, [change]);

  return { isStuck: isStuck || !hasTurns, stick };
}

function distanceToBottomPx(): number {
  return document.documentElement.scrollHeight - window.innerHeight - window.scrollY;
}

/** Glides only over a short distance, and not if the person prefers reduced motion. */
function scrollToBottom(mayGlide: boolean): void {
  const isNear = distanceToBottomPx() < window.innerHeight;
  const isGliding =
    mayGlide && isNear && matchMedia("(prefers-reduced-motion: no-preference)").matches;
  window.scrollTo({
    top: document.documentElement.scrollHeight,
    behavior: isGliding ? "smooth" : "instant",
  });
}
