import type { Source } from "#lib/contract/source.ts";

/** Returns a turn's sources as JSON, or null for none. The gate has bounded them. */
export const storableSources = (sources: readonly Source[]): string | null =>
  sources.length > 0 ? JSON.stringify(sources) : null;
