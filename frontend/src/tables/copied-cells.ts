/**
 * Returns what a selection within `table` copies: the exact values instead of the formatted ones, tabs between cells and a
 * line for each row. Returns null if the person has selected only a part of one cell: the browser then copies this part.
 */
export function copiedCells(table: HTMLTableElement, selection: Selection): string | null {
  const isInside = [selection.anchorNode, selection.focusNode].every((node) =>
    table.contains(node),
  );
  if (!isInside || selection.isCollapsed) return null;
  const rows = [...table.rows].map((row) =>
    [...row.cells].filter((cell) => selection.containsNode(cell, true)),
  );
  const selected = rows.filter((cells) => cells.length > 0);
  const [only, ...others] = selected.flat();
  if (others.length === 0 && selection.toString().trim() !== only?.textContent.trim()) return null;
  return selected.map((cells) => cells.map(exactText).join("\t")).join("\n");
}

/** A cell without the attribute shows its exact text. */
const exactText = (cell: HTMLTableCellElement) =>
  cell.getAttribute("data-value") ?? cell.textContent.trim();
