/** The names of the secrets that every stage has, without the prefix. */
export const secretNames = [
  "database-url-direct",
  "database-url",
  "demo-password",
  "auth-token-secret",
  "origin-api-key",
  "operator-password",
] as const;
/** What the names of a stage's secrets begin with, as serverless.yml has it. */
export const secretPrefixOf = (stage: string): string =>
  stage === "prod" ? "enterprise-agentic-ai" : `enterprise-agentic-ai/${stage}`;

export type SecretName = (typeof secretNames)[number];

/** The secrets that a stage needs only if a variable of its functions has a certain value. */
export const optionalSecrets = {
  "tavily-api-key": { variable: "TOOL_WEB_SEARCH", value: "tavily" },
  "analytics-database-url": { variable: "TOOL_SQL_QUERY", value: "on" },
  "fmp-api-key": { variable: "TOOL_MARKET_DATA", value: "fmp" },
  "mcp-servers": { variable: "TOOL_MCP", value: "on" },
  "otlp-headers": { variable: "OTLP_HEADERS", value: "on" },
} as const;
export type OptionalSecretName = keyof typeof optionalSecrets;
export const optionalSecretNames = Object.keys(optionalSecrets) as OptionalSecretName[];
