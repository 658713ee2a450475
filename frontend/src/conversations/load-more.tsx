import { useEffect, useRef } from "react";
import { useRowMenuTexts } from "../texts/use-row-menu-texts.ts";
import button from "../ui/button.module.css";

/** Loads the next page of the list once, when the person has scrolled to its end, or presses the button. */
export function LoadMore({ onLoad }: { onLoad: () => void }) {
  const texts = useRowMenuTexts();
  const shown = useRef<HTMLButtonElement>(null);
  const load = useRef(onLoad);

  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => {
      if (!entry?.isIntersecting) return;
      observer.disconnect();
      load.current();
    });
    if (shown.current) observer.observe(shown.current);
    return () => observer.disconnect();
  }, []);

  return (
    <button className={button.quiet} type="button" ref={shown} onClick={onLoad}>
      {texts.loadMore}
    </button>
  );
}
