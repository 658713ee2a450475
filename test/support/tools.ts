import { readConfig } from "#lib/platform/config.ts";
import { builtInTools } from "#lib/tools/built-in-tools.ts";
import { recordingTelemetry } from "./recording-telemetry.ts";

const noSecret = () => Promise.reject(new Error("There is no such secret."));
const noDatabase = () => Promise.reject(new Error("There is no database."));

/** What the tools of a deployment get that turns off every tool which reaches outside. */
export const plainToolParts = {
  config: readConfig({
    ...{ ENVIRONMENT: "aws", AWS_REGION: "us-east-1", RATE_LIMIT_TABLE: "rate-limit" },
    ...{ TOOL_READ_PAGE: "off", DOCUMENTS: "off" },
  }),
  database: { query: noDatabase },
  secrets: { tavilyApiKey: noSecret, fmpApiKey: noSecret },
  telemetry: recordingTelemetry().telemetry,
};

export const plainTools = builtInTools(plainToolParts);
