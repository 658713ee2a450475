/** What to search for. Both searches understand all of it. */
export interface WebQuery {
  query: string;
  maxResults: number;
  /** Only results of these sites; empty for the whole web. */
  domains: readonly string[];
  /** Days, `2026-11-10`. */
  publishedAfter?: string | undefined;
  publishedBefore?: string | undefined;
}

/** One result as a search returned it. Nothing in it is trusted. */
export interface FoundPage {
  title: string;
  url: string | undefined;
  text: string;
  /** RFC 3339, or null if the search does not know. */
  publishedAt: string | null;
}

/** Sends one query to a search. @throws ToolRefusal with one sentence for the model */
export type SearchWeb = (query: WebQuery, signal: AbortSignal) => Promise<FoundPage[]>;

/** Which search is used, and what it needs. */
export type WebSearchParts = (
  | { backend: "amazon"; region: string }
  | { backend: "tavily"; apiKey: () => Promise<string> }
) & {
  /** Of the twin's stand-in. */
  endpoint?: string | undefined;
  /** 10 s by default. */
  timeoutMs?: number | undefined;
};
