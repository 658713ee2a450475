import { type ReactNode, useEffect, useRef } from "react";
import styles from "./scroll-box.module.css";

/** What may be wider than the page scrolls by itself, with the keyboard too; a fade at an edge shows that there is more. */
export function ScrollBox({ label, children }: { label: string; children: ReactNode }) {
  const frame = useRef<HTMLDivElement>(null);
  const box = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const [outer, inner] = [frame.current, box.current];
    if (outer === null || inner === null) return;
    const look = () => {
      // Negative where the writing runs from right to left. A pixel may be lost in rounding.
      const hidden = Math.abs(inner.scrollLeft);
      const most = inner.scrollWidth - inner.clientWidth;
      outer.toggleAttribute("data-more-before", hidden > 1);
      outer.toggleAttribute("data-more-after", hidden < most - 1);
    };
    const watching = new ResizeObserver(look);
    watching.observe(inner);
    for (const child of inner.children) watching.observe(child);
    inner.addEventListener("scroll", look, { passive: true });
    return () => {
      watching.disconnect();
      inner.removeEventListener("scroll", look);
    };
  }, []);

  return (
    <div className={styles.frame} ref={frame}>
      {/* A group, not a region: the tables of a conversation would be landmarks of the same name. */}
      {/* biome-ignore lint/a11y/useSemanticElements: nothing in it is a form's */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled with the arrow keys */}
      <div className={styles.box} role="group" tabIndex={0} aria-label={label} ref={box}>
        {children}
      </div>
    </div>
  );
}
