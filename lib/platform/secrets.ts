import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type * as v from "valibot";
import type { ClientConfig, Config } from "./config.ts";
import type { McpServer } from "./mcp-servers.ts";
import { refreshed } from "./refreshed.ts";
import {
  parseSecret,
  secretShapes,
  type TokenKey,
  type TokenKeys,
  unusableSecret,
} from "./secret-shapes.ts";
import type { Telemetry } from "./telemetry.ts";

export type { TokenKey, TokenKeys };

/** Each call returns the secret's current value, which is at most five minutes old while Secrets Manager works. */
export interface Secrets {
  databaseUrl(): Promise<string>;
  demoPassword(): Promise<string>;
  /** Opens the operators' report. */
  operatorPassword(): Promise<string>;
  tokenKeys(): Promise<TokenKeys>;
  /** The API key that only CloudFront has. CloudFront adds it to every request that it forwards. */
  originApiKey(): Promise<string>;
  /** Exists only in a deployment with the tool `sql_query`. */
  analyticsDatabaseUrl(): Promise<string>;
  /** Exists only in a deployment whose web search is Tavily's. */
  tavilyApiKey(): Promise<string>;
  /** Exists only in a deployment whose market data are Financial Modeling Prep's. */
  fmpApiKey(): Promise<string>;
  /** Exists only in a deployment with tools of MCP servers. The same array as long as the value is not read again. */
  mcpServers(): Promise<readonly McpServer[]>;
  /**
   * Returns a function that reads another secret. Its value is kept and read again like every secret's.
   * @param parse gets the secret's id and text, and throws for a text that is not usable
   */
  secretOf<Value>(
    name: string,
    parse: (id: string, text: string) => Value | Promise<Value>,
  ): () => Promise<Value>;
}

type SecretsConfig = Pick<Config, "environment" | "secretPrefix"> & ClientConfig<"secrets">;

interface SecretsOptions {
  telemetry?: Telemetry;
  now?: () => number;
}

/**
 * Returns the secrets that AWS Secrets Manager holds under `config.secretPrefix`. Each secret is read on first use.
 * Their calls throw an Error that names the secret and how to mend it, never its value.
 */
export function createSecrets(config: SecretsConfig, options: SecretsOptions = {}): Secrets {
  const readSecret = createSecretReader(config);
  const isDeployed = config.environment === "aws";
  const shapes = secretShapes(isDeployed);

  function secretOf<Value>(
    name: string,
    parse: (id: string, text: string) => Value | Promise<Value>,
  ) {
    const id = `${config.secretPrefix}/${name}`;
    return refreshed(async () => parse(id, await readSecret(id)), {
      now: options.now ?? Date.now,
      onRefreshFailed: (cause) =>
        options.telemetry?.error("secret.refresh_failed", cause, { secret: id }),
    });
  }

  function secret<Value>(name: string, shape: v.GenericSchema<unknown, Value>, example: string) {
    return secretOf(name, (id, text) => parseSecret(id, text, shape, example));
  }

  const databaseUrl = secret("database-url", shapes.databaseUrl, '{"url":"postgresql://…"}');
  const demoPassword = secret("demo-password", shapes.password, '{"password":"…"}');
  const operatorPassword = secret("operator-password", shapes.password, '{"password":"…"}');
  const tokenKeys = secret(
    "auth-token-secret",
    shapes.tokenKeys,
    '{"keys":[{"kid":"1","key":"…"}],"epoch":1}',
  );
  const originApiKey = secret("origin-api-key", shapes.originApiKey, '{"key":"…"}');
  const analyticsDatabaseUrl = secret(
    "analytics-database-url",
    shapes.databaseUrl,
    '{"url":"postgresql://…"}',
  );
  const fmpApiKey = secret("fmp-api-key", shapes.toolApiKey, '{"api_key":"…"}');
  const tavilyApiKey = secret("tavily-api-key", shapes.toolApiKey, '{"api_key":"…"}');
  const mcpServers = secretOf("mcp-servers", async (id, text) => {
    const { readMcpServers } = await import("./mcp-servers.ts");
    const read = readMcpServers(text, isDeployed);
    if ("servers" in read) return read.servers;
    throw unusableSecret(id, read.faults, '{"servers":[{"name":"tracker","url":"https://…"}]}');
  });
  return {
    databaseUrl: async () => (await databaseUrl()).url,
    demoPassword: async () => (await demoPassword()).password,
    operatorPassword: async () => (await operatorPassword()).password,
    tokenKeys,
    originApiKey: async () => (await originApiKey()).key,
    analyticsDatabaseUrl: async () => (await analyticsDatabaseUrl()).url,
    tavilyApiKey: async () => (await tavilyApiKey()).api_key,
    fmpApiKey: async () => (await fmpApiKey()).api_key,
    mcpServers,
    secretOf,
  };
}

/** The SDK's client is imported with the first read, because a request that is refused early needs no secret. */
function createSecretReader(config: SecretsConfig): (id: string) => Promise<string> {
  let client: SecretsManagerClient | undefined;
  return async (id) => {
    const { GetSecretValueCommand, SecretsManagerClient } = await import(
      "@aws-sdk/client-secrets-manager"
    );
    client ??= new SecretsManagerClient({
      region: config.region,
      ...(config.endpoints.secrets && { endpoint: config.endpoints.secrets }),
      maxAttempts: 3,
      requestHandler: {
        connectionTimeout: 1_000,
        requestTimeout: 3_000,
        throwOnRequestTimeout: true,
      },
    });
    try {
      const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: id }));
      return SecretString ?? "";
    } catch (cause) {
      throw new Error(
        `The secret ${id} could not be read. Does it exist in this region, and may this function's role call secretsmanager:GetSecretValue on it?`,
        { cause },
      );
    }
  };
}
