import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LargeFigures } from "./measure-large.ts";
import type { QualityFigures } from "./measure-quality.ts";

export interface SearchResults {
  quality: { date: string; figures: QualityFigures };
  large: { date: string; figures: LargeFigures };
}

const path = join(import.meta.dirname, "results.json");

export const readSearchResults = (): SearchResults => JSON.parse(readFileSync(path, "utf8"));

/** Replaces some of the stored figures. */
export function saveSearchResults(results: Partial<SearchResults>): void {
  const rounded = (_: string, value: unknown) =>
    typeof value === "number" ? Number(value.toFixed(4)) : value;
  writeFileSync(path, `${JSON.stringify({ ...readSearchResults(), ...results }, rounded, 2)}\n`);
}
