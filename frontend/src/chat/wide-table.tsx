import type { ReactNode } from "react";
import { useTexts } from "../texts/use-texts.tsx";
import styles from "./markdown.module.css";

/** A table, which scrolls by itself where it is wider than the page. */
export function WideTable({ children }: { children: ReactNode }) {
  const { table } = useTexts().markdown;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what may be wider than the page scrolls by itself, with the keyboard too
    <section className={styles.wide} tabIndex={0} aria-label={table}>
      <table>{children}</table>
    </section>
  );
}
