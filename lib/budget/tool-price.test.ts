import { expect, it } from "vitest";
import { readConfig } from "#lib/platform/config.ts";
import { toolPricesOf, unpricedTools } from "./tool-price.ts";

const settings = (changes: Record<string, string> = {}) =>
  readConfig({
    ...{ ENVIRONMENT: "aws", AWS_REGION: "us-east-1", RATE_LIMIT_TABLE: "limits" },
    ...changes,
  });

it.each([
  [{}, { search_documents: 10 }],
  [{ DOCUMENTS: "off" }, {}],
  [{ DOCUMENT_EMBEDDING_MODEL_ID: "off" }, {}],
  [{ LOCAL_BEDROCK_ENDPOINT: "http://127.0.0.1:4000" }, {}],
  [{ DOCUMENTS: "off", TOOL_WEB_SEARCH: "amazon" }, { web_search: 7_000 }],
  [
    {
      DOCUMENTS: "off",
      TOOL_WEB_SEARCH: "amazon",
      LOCAL_WEB_SEARCH_ENDPOINT: "http://127.0.0.1:4000",
    },
    {},
  ],
  [{ DOCUMENTS: "off", TOOL_WEB_SEARCH: "tavily" }, { web_search: 8_000 }],
  [
    { DOCUMENTS: "off", TOOL_WEB_SEARCH: "tavily", TOOL_PRICES: '{"web_search":0.005}' },
    { web_search: 5_000 },
  ],
  [{ DOCUMENTS: "off", TOOL_PRICES: '{"crm_lookup":0.0000011}' }, { crm_lookup: 2 }],
])("with %j the tools cost %j", (changes, prices) => {
  expect(toolPricesOf(settings(changes))).toEqual(prices);
  expect(unpricedTools(settings(changes))).toEqual([]);
});

it("names a billed tool whose price nobody knows, unless the deployment sets it", () => {
  const unknown = { ...settings(), webSearch: "brave" as never };
  expect(unpricedTools(unknown)).toEqual(["web_search (brave)"]);
  expect(unpricedTools({ ...unknown, toolPrices: { web_search: 5_000 } })).toEqual([]);
});
