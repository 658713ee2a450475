import { type ReactNode, useEffect, useRef } from "react";
import styles from "./scroll-box.module.css";

/** Scrolls content that is wider than the page, also with the keyboard. A fade at an edge shows that there is more. */
export function ScrollBox({ label, children }: { label: string; children: ReactNode }) {
  const frame = useRef<HTMLDivElement>(null);
  const box = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const [outer, inner] = [frame.current, box.current];
    if (outer === null || inner === null) return;
    const updateFades = () => {
      // `scrollLeft` is negative in right-to-left text. Rounding may lose a pixel.
      const hidden = Math.abs(inner.scrollLeft);
      const most = inner.scrollWidth - inner.clientWidth;
      outer.toggleAttribute("data-more-before", hidden > 1);
      outer.toggleAttribute("data-more-after", hidden < most - 1);
    };
    const observer = new ResizeObserver(updateFades);
    observer.observe(inner);
    for (const child of inner.children) observer.observe(child);
    inner.addEventListener("scroll", updateFades, { passive: true });
    return () => {
      observer.disconnect();
      inner.removeEventListener("scroll", updateFades);
    };
  }, []);

  return (
    <div className={styles.frame} ref={frame}>
      {/* A group, not a region: each table would be another landmark with the same name. */}
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys scroll it */}
      <div className={styles.box} role="group" tabIndex={0} aria-label={label} ref={box}>
        {children}
      </div>
    </div>
  );
}
