import { ToolRefusal } from "#lib/tools/tool.ts";
import { type JsonResponse, postJson } from "./post-json.ts";
import { readResults } from "./read-results.ts";
import type { SearchWeb, WebQuery } from "./search-web.ts";

const name = "Tavily's web search";

interface TavilyParts {
  apiKey: () => Promise<string>;
  /** For tests. */
  endpoint?: string | undefined;
  timeoutMs: number;
}

/** Returns Tavily's search, at the depth that costs one credit. https://docs.tavily.com/documentation/api-reference/endpoint/search */
export function createTavilySearch(parts: TavilyParts): SearchWeb {
  const url = new URL("/search", parts.endpoint ?? "https://api.tavily.com");
  return async (query, signal) => {
    const key = await readKey(parts);
    const body = Buffer.from(JSON.stringify(requestOf(query)));
    const headers = async () => ({ authorization: `Bearer ${key}` });
    const { timeoutMs } = parts;
    const response = await postJson({ name, url, headers, body, timeoutMs, signal });
    if (response.status !== 200) throw refusalOf(response);
    return readResults(name, response.body, { text: "content", publishedAt: "published_date" });
  };
}

async function readKey({ apiKey }: TavilyParts): Promise<string> {
  try {
    return await apiKey();
  } catch (cause) {
    throw new ToolRefusal(
      "the key of Tavily's web search cannot be read: the secret tavily-api-key is missing or not usable.",
      { cause },
    );
  }
}

function requestOf({ query, maxResults, domains, publishedAfter, publishedBefore }: WebQuery) {
  return {
    query,
    max_results: maxResults,
    search_depth: "basic",
    ...(domains.length > 0 && { include_domains: domains }),
    ...(publishedAfter && { start_date: publishedAfter }),
    ...(publishedBefore && { end_date: publishedBefore }),
  };
}

function refusalOf({ status, body }: JsonResponse): ToolRefusal {
  const { detail } = (body ?? {}) as { detail?: { error?: unknown } };
  const reason = typeof detail?.error === "string" ? detail.error.slice(0, 200) : "no reason given";
  const refusal = (text: string) => new ToolRefusal(text, { cause: new Error(String(status)) });
  if (status === 401 || status === 403) {
    return refusal("Tavily does not accept this deployment's key: the secret tavily-api-key.");
  }
  if (status === 429) return refusal("Tavily takes no more queries now. Try again in a minute.");
  if (status === 432 || status === 433) {
    return refusal("the credits of this deployment's Tavily plan are used up.");
  }
  if (status === 400 || status === 422) {
    return refusal(`${name} did not accept the query: ${reason}`);
  }
  return refusal(`${name} failed with the status ${status}. Try again later.`);
}
