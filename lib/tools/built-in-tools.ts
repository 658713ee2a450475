import type { NoteStore } from "#lib/notes/note-store.ts";
import type { Config } from "#lib/platform/config.ts";
import type { Database } from "#lib/platform/postgres.ts";
import type { Secrets } from "#lib/platform/secrets.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import { calculator } from "./calculator/calculator.ts";
import { createCurrentTime } from "./current-time.ts";
import { documentTools } from "./documents/document-tools.ts";
import { createMarketData } from "./market-data/market-data.ts";
import { createReadPage } from "./read-page/read-page.ts";
import { createRecallNotes } from "./recall-notes.ts";
import { createSaveNote } from "./save-note.ts";
import { createSendWebhook } from "./send-webhook.ts";
import type { Tool } from "./tool.ts";
import { createWebSearch } from "./web-search/web-search.ts";

interface ToolParts {
  config: Pick<
    Config,
    | "environment"
    | "version"
    | "region"
    | "endpoints"
    | "webhooks"
    | "webSearch"
    | "webSearchRegion"
    | "readPage"
    | "marketData"
    | "marketDataDailyCalls"
    | "rateLimitTable"
    | "documents"
  >;
  database: Pick<Database, "query">;
  secrets: Pick<Secrets, "tavilyApiKey" | "fmpApiKey">;
  telemetry: Telemetry;
  /** Only for an owner who has turned notes on. */
  notes?: NoteStore | undefined;
}

/** Returns the tools that can work in this deployment and for this owner. */
export function builtInTools(parts: ToolParts): readonly Tool[] {
  const { config, secrets, telemetry, notes } = parts;
  const { webhooks, version, environment } = config;
  const mayUseLoopback = environment === "local";
  return [
    calculator,
    createCurrentTime(() => new Date()),
    ...documentTools(parts),
    ...(notes ? [createSaveNote(notes), createRecallNotes(notes)] : []),
    ...(webhooks.size > 0 ? [createSendWebhook({ webhooks, version, mayUseLoopback })] : []),
    ...webSearchOf(config, secrets),
    ...(config.marketData === "fmp"
      ? [createMarketData({ config, apiKey: secrets.fmpApiKey, telemetry })]
      : []),
    ...(config.readPage ? [createReadPage({ version, mayUseLoopback })] : []),
  ];
}

function webSearchOf(
  { webSearch, webSearchRegion, region, endpoints }: ToolParts["config"],
  { tavilyApiKey }: ToolParts["secrets"],
): Tool[] {
  switch (webSearch) {
    case "off":
      return [];
    case "amazon": {
      const endpoint = endpoints.webSearch;
      return [createWebSearch({ backend: webSearch, region: webSearchRegion ?? region, endpoint })];
    }
    case "tavily":
      return [createWebSearch({ backend: webSearch, apiKey: tavilyApiKey })];
  }
}
