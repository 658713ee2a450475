import styles from "./diagrams.module.css";

export type Head = "arrow" | "circle" | "cross" | "open";

/** The ends of lines, for `marker-start` and `marker-end`. */
export function ArrowHeads({ id }: { id: string }) {
  const head = (name: Head, size: number, refX: number, picture: React.ReactNode) => (
    <marker
      id={`${id}-${name}`}
      viewBox="0 0 10 10"
      refX={refX}
      refY="5"
      markerWidth={size}
      markerHeight={size}
      markerUnits="userSpaceOnUse"
      orient="auto-start-reverse"
    >
      {picture}
    </marker>
  );
  return (
    <defs>
      {head("arrow", 10, 9, <path className={styles.head} d="M0 0L10 5L0 10Z" />)}
      {head("circle", 9, 9, <circle className={styles.head} cx="5" cy="5" r="4" />)}
      {head("cross", 11, 6, <path className={styles.line} d="M2 2L8 8M8 2L2 8" />)}
      {head("open", 12, 9, <path className={styles.line} d="M2 1L9 5L2 9" />)}
    </defs>
  );
}

export const headReference = (id: string, head: Head | "none") =>
  head === "none" ? undefined : `url(#${id}-${head})`;
