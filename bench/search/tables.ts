import { markdownTable } from "#bench/report/markdown-table.ts";
import type { LargeFigures } from "./measure-large.ts";
import type { QualityFigures } from "./measure-quality.ts";

/** Returns nDCG@10 and recall@10 of each set of questions and each method. */
export function qualityTable(figures: QualityFigures): string {
  const methods = ["words", "vectors", "both"] as const;
  const rows = Object.entries(figures).map(([name, byMethod]) => [
    name,
    ...methods.map((method) => {
      const quality = byMethod[method];
      return quality ? `${quality.ndcg.toFixed(3)} / ${quality.recall.toFixed(3)}` : "–";
    }),
  ]);
  return markdownTable(["nDCG@10 / recall@10", ...methods], rows);
}

export function largeTable(figures: LargeFigures): string {
  const { chunks, milliseconds, bytes, recall } = figures;
  const whole = (number: number) => Math.round(number).toLocaleString("en");
  const times = Object.entries(milliseconds).map(([name, { median, p95, max }]) => [
    ...[name, String(median), String(p95), String(max)],
  ]);
  const sizes = Object.entries(bytes).map(([name, size]) => [`\`${name}\``, whole(size)]);
  const recalls = Object.entries(recall).map(([name, { vectors, recall: share, milliseconds }]) => [
    ...[name, whole(vectors), share.toFixed(3), whole(milliseconds)],
  ]);
  return [
    markdownTable(
      [`a search over ${whole(chunks)} chunks, ms`, "median", "95 %", "longest"],
      times,
    ),
    markdownTable(["table, with its indexes", "bytes a chunk"], sizes),
    markdownTable(["vectors by", "vectors", "recall@10", "ms"], recalls),
  ].join("\n\n");
}
