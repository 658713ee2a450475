import { readConfig } from "#lib/platform/config.ts";
import { builtInTools } from "#lib/tools/built-in-tools.ts";

/** What the tools of a deployment get that turns off every tool which reaches outside. */
export const plainToolParts = {
  config: readConfig({
    ...{ ENVIRONMENT: "aws", AWS_REGION: "us-east-1", RATE_LIMIT_TABLE: "rate-limit" },
    TOOL_READ_PAGE: "off",
  }),
  secrets: { tavilyApiKey: () => Promise.reject(new Error("There is no such secret.")) },
};

export const plainTools = builtInTools(plainToolParts);
