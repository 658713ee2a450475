import { readConfig } from "#lib/platform/config.ts";
import { builtInTools } from "#lib/tools/built-in-tools.ts";

/** What the tools of a deployment without settings get. */
export const plainToolParts = {
  config: readConfig({
    ...{ ENVIRONMENT: "aws", AWS_REGION: "us-east-1", RATE_LIMIT_TABLE: "rate-limit" },
  }),
  secrets: { tavilyApiKey: () => Promise.reject(new Error("There is no such secret.")) },
};

export const plainTools = builtInTools(plainToolParts);
