import { useCallback, useEffect, useRef, useState } from "react";

// About two lines. A reader who is so near to the end wants to see new text.
const nearPx = 64;

/** Scrolls to the end of the page while the page grows, until the reader scrolls up. */
export function useStickToBottom(): { isStuck: boolean; stick: () => void } {
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
      if (stuck.current) scrollToBottom();
    });
    growth.observe(document.body);
    window.addEventListener("scroll", updateStuck, { passive: true });
    return () => {
      growth.disconnect();
      window.removeEventListener("scroll", updateStuck);
    };
  }, [change]);

  const stick = useCallback(() => {
    change(true);
    scrollToBottom();
  }, [change]);

  return { isStuck, stick };
}

function distanceToBottomPx(): number {
  return document.documentElement.scrollHeight - window.innerHeight - window.scrollY;
}

function scrollToBottom(): void {
  window.scrollTo({ top: document.documentElement.scrollHeight });
}
