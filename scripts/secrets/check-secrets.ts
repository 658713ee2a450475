import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { createSecrets } from "#lib/platform/secrets.ts";
import { readSecret } from "./secret-store.ts";
import { parseDatabaseUrl } from "./secret-values.ts";

export interface CheckOptions {
  client: SecretsManagerClient;
  prefix: string;
  region: string;
  endpoint?: string | undefined;
}

/**
 * Reads the secrets of a stage with the functions' own code.
 * @returns one sentence for each missing or unusable secret
 */
export async function checkSecrets(options: CheckOptions): Promise<string[]> {
  const { databaseUrl, demoPassword, tokenKeys, originApiKey } = createSecrets({
    environment: "aws",
    region: options.region,
    secretPrefix: options.prefix,
    endpoints: { secrets: options.endpoint },
  });
  const checks = [
    databaseUrl(),
    checkDirectUrl(options),
    demoPassword(),
    tokenKeys(),
    originApiKey(),
  ];
  const results = await Promise.allSettled(checks);
  return results.flatMap((result) =>
    result.status === "rejected" && result.reason instanceof Error ? [result.reason.message] : [],
  );
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
