/** Returns a Markdown table. The columns from `firstFigure` on hold figures: they are aligned on the right. */
export function markdownTable(head: string[], rows: string[][], firstFigure = 1): string {
  const rule = head.map((_, index) => (index < firstFigure ? "---" : "--:"));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
