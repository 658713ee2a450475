import type { Nodes, TableCell } from "mdast";
import type { ReactNode } from "react";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import { ScrollBox } from "#frontend/ui/scroll-box.tsx";
import styles from "./markdown.module.css";

/** A table, which scrolls by itself where it is wider than the page. */
export function WideTable({ children }: { children: ReactNode }) {
  const { table } = useTexts().markdown;
  return (
    <ScrollBox label={table}>
      <table>{children}</table>
    </ScrollBox>
  );
}

/** The class of a cell: one with much to say is wide enough to say it in a few lines, also on a phone. */
export function widthClassOf(cell: TableCell | undefined): string | undefined {
  const width = cell === undefined ? 0 : widthOf(cell);
  if (width <= 24) return undefined;
  return width <= 120 ? styles.longCell : styles.longestCell;
}

/** In Latin letters, of which Chinese, Japanese and Korean signs take two. */
function widthOf(node: Nodes): number {
  if ("children" in node) return node.children.reduce((sum, child) => sum + widthOf(child), 0);
  if (!("value" in node)) return 0;
  const wideSigns = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]/g;
  return node.value.length + (node.value.match(wideSigns)?.length ?? 0);
}
