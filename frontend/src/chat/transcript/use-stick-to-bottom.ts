import { useCallback, useEffect, useRef, useState } from "react";

// About two lines: a reader who is that near wants to see what comes.
const nearPx = 64;

/** Keeps the end of the page in sight while the page grows, until the reader scrolls away from it. */
export function useStickToBottom(): { isStuck: boolean; stick: () => void } {
  const [isStuck, setIsStuck] = useState(true);
  const stuck = useRef(true);

  const change = useCallback((next: boolean) => {
    stuck.current = next;
    setIsStuck(next);
  }, []);

  useEffect(() => {
    // The browser would restore a position in a page that is not there yet.
    history.scrollRestoration = "manual";
    let lastY = window.scrollY;
    const look = () => {
      // The page may have grown since the last frame: only a move upwards is the reader's.
      if (distanceToBottomPx() <= nearPx) change(true);
      else if (window.scrollY < lastY) change(false);
      lastY = window.scrollY;
    };
    const growth = new ResizeObserver(() => {
      if (stuck.current) scrollToBottom();
    });
    growth.observe(document.body);
    window.addEventListener("scroll", look, { passive: true });
    return () => {
      growth.disconnect();
      window.removeEventListener("scroll", look);
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
