import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type OptionalSecretName, optionalSecretNames } from "#infra/secret-names.ts";
import { otlpHeadersOf } from "#lib/chat/otlp-headers.ts";
import { createSecrets, type Secrets } from "#lib/platform/secrets.ts";
import { readSecret } from "./secret-store.ts";
import { parseDatabaseUrl } from "./secret-values.ts";

export interface CheckOptions {
  client: SecretsManagerClient;
  prefix: string;
  region: string;
  endpoint?: string | undefined;
}

/** How the functions read each optional secret. */
const optionalSecretReaders: Record<OptionalSecretName, (secrets: Secrets) => Promise<unknown>> = {
  "tavily-api-key": (secrets) => secrets.tavilyApiKey(),
  "analytics-database-url": (secrets) => secrets.analyticsDatabaseUrl(),
  "fmp-api-key": (secrets) => secrets.fmpApiKey(),
  "mcp-servers": (secrets) => secrets.mcpServers(),
  "otlp-headers": (secrets) => otlpHeadersOf(secrets)(),
};

/**
 * Reads the secrets of a stage with the functions' own code. An optional secret may be missing.
 * @returns one sentence for each missing or unusable secret
 */
export async function checkSecrets(options: CheckOptions): Promise<string[]> {
  const secrets = createSecrets({
    environment: "aws",
    region: options.region,
    secretPrefix: options.prefix,
    endpoints: { secrets: options.endpoint },
  });
  const checks = [
    secrets.databaseUrl(),
    checkDirectUrl(options),
    secrets.demoPassword(),
    secrets.tokenKeys(),
    secrets.originApiKey(),
    secrets.operatorPassword(),
    ...optionalSecretNames.map((name) => checkOptionalSecret(name, secrets, options)),
  ];
  const results = await Promise.allSettled(checks);
  return results.flatMap((result) =>
    result.status === "rejected" && result.reason instanceof Error ? [result.reason.message] : [],
  );
}

async function checkOptionalSecret(
  name: OptionalSecretName,
  secrets: Secrets,
  { client, prefix }: CheckOptions,
): Promise<void> {
  if ((await readSecret(client, `${prefix}/${name}`)) === undefined) return;
  await optionalSecretReaders[name](secrets);
}

/** Checks the secret that only migrations read. */
async function checkDirectUrl({ client, prefix }: CheckOptions): Promise<void> {
  const id = `${prefix}/database-url-direct`;
  const text = await readSecret(client, id);
  if (text === undefined) {
    throw new Error(`The secret ${id} does not exist. Run npm run setup-secrets.`);
  }
  parseDatabaseUrl(text);
}
