import type { Config } from "#lib/platform/config.ts";

type ToolSettings = Pick<Config, "webSearch" | "toolPrices" | "endpoints" | "documents">;

/** List prices of one call in microdollars, by tool and backend, as of November 2026. */
const listPrices: Record<string, number> = {
  // https://aws.amazon.com/bedrock/agentcore/pricing/: $7 for 1,000 queries.
  "web_search/amazon": 7_000,
  // https://docs.tavily.com/documentation/api-credits: a basic search takes one credit, pay-as-you-go is $0.008 a credit.
  "web_search/tavily": 8_000,
  // https://aws.amazon.com/bedrock/pricing/: $0.02 for a million tokens. A question has at most 500 characters, and so many tokens.
  "search_documents/amazon.titan-embed-text-v2:0": 10,
};

/** The tools of a deployment whose calls somebody bills. The twin's stand-ins are free. */
function billedTools({ webSearch, endpoints, documents }: ToolSettings): BilledTool[] {
  const { isOn, embeddingModelId } = documents;
  return [
    ...(webSearch !== "off" && endpoints.webSearch === undefined
      ? [{ tool: "web_search", backend: webSearch }]
      : []),
    ...(isOn && embeddingModelId !== undefined && endpoints.bedrock === undefined
      ? [{ tool: "search_documents", backend: embeddingModelId }]
      : []),
  ];
}

interface BilledTool {
  tool: string;
  backend: string;
}

/** Returns what one call of a billed tool costs, in microdollars, or undefined if nobody knows. The deployment's own price wins. */
function priceOfTool(
  { tool, backend }: BilledTool,
  own: Readonly<Record<string, number>>,
): number | undefined {
  if (Object.hasOwn(own, tool)) return own[tool];
  const key = `${tool}/${backend}`;
  return Object.hasOwn(listPrices, key) ? listPrices[key] : undefined;
}

/** Returns the price of one call in microdollars, by the tool's name. A tool that is not listed costs nothing. */
export function toolPricesOf(settings: ToolSettings): Record<string, number> {
  const billed = billedTools(settings).flatMap((tool) => {
    const price = priceOfTool(tool, settings.toolPrices);
    return price === undefined ? [] : [[tool.tool, price] as const];
  });
  return { ...settings.toolPrices, ...Object.fromEntries(billed) };
}

/** Returns the names of the billed tools whose price nobody knows. Start-up and deployment refuse them. */
export const unpricedTools = (settings: ToolSettings): string[] =>
  billedTools(settings)
    .filter((tool) => priceOfTool(tool, settings.toolPrices) === undefined)
    .map(({ tool, backend }) => `${tool} (${backend})`);
