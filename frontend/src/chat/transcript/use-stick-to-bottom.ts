import { useCallback, useEffect, useRef, useState } from "react";

/** How long the page glides to a message that was just sent, or to the end of an answer, rather than jump. */
const glideMs = 300;

// About two lines. A reader who is so near to the end wants to see new text.
const nearPx = 64;

/**
 * Scrolls to the end of the page while the page grows, until the reader scrolls up, unfolds something, or edits a message.
 * @param hasTurns false while the page shows no conversation, whose end nobody waits for
 */
export function useStickToBottom(hasTurns: boolean): { isStuck: boolean; stick: () => void } {
  const [isStuck, setIsStuck] = useState(true);
  const stuck = useRef(true);
  const isHeld = useRef(false);
  const glideUntil = useRef(0);

  const change = useCallback((next: boolean) => {
    stuck.current = next && !isHeld.current;
    setIsStuck(next);
  }, []);

  useEffect(() => {
    // The browser would restore a position before the transcript is loaded.
    history.scrollRestoration = "manual";
    let lastY = window.scrollY;
    let lastHeight = document.documentElement.scrollHeight;
    const updateStuck = () => {
      const { scrollHeight } = document.documentElement;
      // The page may have grown since the last frame. Only a move upwards comes from the reader.
      if (distanceToBottomPx() <= nearPx) {
        // A page that changes its height moves by itself.
        const isReader = window.scrollY > lastY && scrollHeight === lastHeight;
        if (isReader) isHeld.current = false;
        change(true);
      } else if (window.scrollY < lastY) change(false);
      lastY = window.scrollY;
      lastHeight = scrollHeight;
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
    // What unfolds begins where the reader looks. So do another version and the editor of a message; they have to load, and
    // the page may become shorter and longer again before they are there.
    const stopAtUnfolding = ({ target }: Event) => {
      const fold =
        target instanceof Element && target.closest("[aria-expanded], summary, [data-steady]");
      if (!fold) return;
      stuck.current = false;
      isHeld.current = fold.hasAttribute("data-steady");
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
    isHeld.current = false;
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
