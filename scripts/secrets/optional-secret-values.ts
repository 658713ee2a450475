import type { OptionalSecretName } from "#infra/secret-names.ts";
import { readMcpServers } from "#lib/platform/mcp-servers.ts";
import { readRequestHeaders } from "#lib/platform/request-headers.ts";

interface OptionalSecretValue {
  /** The variable that has the value, for a run without a terminal. */
  variable: string;
  question: string;
  /** @throws Error with one sentence that does not contain the value */
  toSecret(value: string): object;
}

/** What `setup-secrets` asks for each optional secret. */
export const optionalSecretValues: Record<OptionalSecretName, OptionalSecretValue> = {
  "tavily-api-key": {
    variable: "TAVILY_API_KEY",
    question: "API key of Tavily: ",
    toSecret: apiKey,
  },
  "analytics-database-url": {
    variable: "ANALYTICS_DATABASE_URL",
    question: "Address of the analytics database, for the role that only reads: ",
    toSecret: analyticsUrl,
  },
  "fmp-api-key": {
    variable: "FMP_API_KEY",
    question: "API key of Financial Modeling Prep: ",
    toSecret: apiKey,
  },
  "mcp-servers": {
    variable: "MCP_SERVERS",
    question: "MCP servers, as JSON in one line: ",
    toSecret: mcpServers,
  },
  "otlp-headers": {
    variable: "COLLECTOR_HEADERS",
    question: "Headers for the OpenTelemetry collector, as JSON in one line: ",
    toSecret: otlpHeaders,
  },
};

function analyticsUrl(value: string): { url: string } {
  const url = URL.parse(value.trim());
  const isWhole = url?.username && url.password && url.hostname && url.pathname.length > 1;
  if (!url || !isWhole || !/^postgres(ql)?:$/.test(url.protocol)) {
    throw new Error(
      "The address must begin with postgresql:// and name a role, its password, a host and a database.",
    );
  }
  if (/_owner$/.test(decodeURIComponent(url.username))) {
    throw new Error("The address names the owner of the database. It must name a role that reads.");
  }
  return { url: url.href };
}

/** Here and below, the functions' own code finds the faults, and quotes no value. */
function mcpServers(value: string): object {
  const read = readMcpServers(value, true);
  if ("servers" in read) return read;
  throw new Error(`The servers are not usable: ${read.faults.join(", ")}.`);
}

function otlpHeaders(value: string): object {
  const read = readRequestHeaders(value);
  if ("headers" in read) return read.headers;
  throw new Error(`The headers are not usable: ${read.faults.join(", ")}.`);
}

function apiKey(value: string): { api_key: string } {
  const key = value.trim();
  if (!/^[!-~]{8,500}$/.test(key)) {
    throw new Error("An API key has at least 8 characters, without spaces.");
  }
  return { api_key: key };
}
