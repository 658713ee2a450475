import type { Nodes, TableCell } from "mdast";
import type { ReactNode } from "react";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import { ScrollBox } from "#frontend/ui/scroll-box.tsx";
import styles from "./markdown.module.css";

/** A table that scrolls if it is wider than the page. */
export function WideTable({ children }: { children: ReactNode }) {
  const { table } = useTexts().markdown;
  return (
    <ScrollBox label={table}>
      <table>{children}</table>
    </ScrollBox>
  );
}

/** Returns the class of a cell. A long text gets a wide cell, so that it needs few lines on a phone too. */
export function widthClassOf(cell: TableCell | undefined): string | undefined {
  const width = cell === undefined ? 0 : widthOf(cell);
  if (width <= 24) return undefined;
  return width <= 120 ? styles.longCell : styles.longestCell;
}

/** Returns the width in Latin letters. A Chinese, Japanese or Korean character is as wide as two. */
function widthOf(node: Nodes): number {
  if ("children" in node) return node.children.reduce((sum, child) => sum + widthOf(child), 0);
  if (!("value" in node)) return 0;
  const wideCharacters = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]/g;
  return node.value.length + (node.value.match(wideCharacters)?.length ?? 0);
}
