import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import * as v from "valibot";
import {
  type OptionalSecretName,
  optionalSecretNames,
  type SecretName,
  secretNames,
} from "#infra/secret-names.ts";
import { optionalSecretValues } from "./optional-secret-values.ts";
import { createSecret, readSecret, replaceSecret } from "./secret-store.ts";
import {
  databaseSecrets,
  newOriginKey,
  newPassword,
  parseDatabaseUrl,
  passwordSecret,
  tokenSecret,
} from "./secret-values.ts";

export interface SetupOptions {
  client: SecretsManagerClient;
  /** `enterprise-agentic-ai` for stage prod, otherwise `enterprise-agentic-ai/<stage>`. */
  prefix: string;
  /** Called only for missing values. An empty password means that a new one is generated. */
  prompt: {
    databaseUrl: () => Promise<string>;
    password: () => Promise<string>;
    optionalSecret: (name: OptionalSecretName) => Promise<string>;
  };
  /** Secrets that get a new value, and the optional secrets that are created. All other existing secrets stay unchanged. */
  replace?: readonly (SecretName | OptionalSecretName)[];
  log: (line: string) => void;
}

/** Creates the missing secrets of a stage. Running it again changes nothing. Logs names, never values. */
export async function setupSecrets(options: SetupOptions): Promise<void> {
  const { client, prefix, replace, log } = options;
  const existing = await readExisting(options);
  const wanted = secretNames.filter((name) => !existing.has(name) || replace?.includes(name));
  const optionalNames = optionalSecretNames.filter((name) => replace?.includes(name));
  const values = {
    ...(await createValues(wanted, existing, options)),
    ...(await optionalValues(optionalNames, options)),
  };
  for (const name of [...secretNames, ...optionalNames]) {
    const value = values[name];
    const id = `${prefix}/${name}`;
    if (!value) log(`kept      ${id}`);
    else if (existing.has(name)) {
      log(`replaced  ${id}, version ${await replaceSecret(client, id, value)}`);
    } else log(`${(await createSecret(client, id, value)) ? "created " : "kept    "}  ${id}`);
  }
}

async function optionalValues(names: readonly OptionalSecretName[], { prompt }: SetupOptions) {
  const values: Partial<Record<OptionalSecretName, object>> = {};
  for (const name of names) {
    values[name] = optionalSecretValues[name].toSecret(await prompt.optionalSecret(name));
  }
  return values;
}

type Existing = Map<SecretName | OptionalSecretName, string>;

async function readExisting({ client, prefix }: SetupOptions): Promise<Existing> {
  const found = await Promise.all(
    [...secretNames, ...optionalSecretNames].map(
      async (name) => [name, await readSecret(client, `${prefix}/${name}`)] as const,
    ),
  );
  return new Map(found.flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])));
}

async function createValues(
  wanted: readonly SecretName[],
  existing: Existing,
  { prompt, replace = [] }: SetupOptions,
): Promise<Partial<Record<SecretName, object>>> {
  const values: Partial<Record<SecretName, object>> = {};
  if (wanted.includes("database-url-direct") || wanted.includes("database-url")) {
    const known = replace.includes("database-url-direct")
      ? undefined
      : existing.get("database-url-direct");
    const databases = databaseSecrets(known ? parseDatabaseUrl(known) : await prompt.databaseUrl());
    for (const name of ["database-url-direct", "database-url"] as const) {
      if (wanted.includes(name)) values[name] = databases[name];
    }
  }
  if (wanted.includes("demo-password")) {
    const given = await prompt.password();
    values["demo-password"] = given === "" ? newPassword() : passwordSecret(given);
  }
  if (wanted.includes("auth-token-secret")) {
    const previous = v.safeParse(TokenSecretText, existing.get("auth-token-secret"));
    values["auth-token-secret"] = tokenSecret(previous.success ? previous.output : undefined);
  }
  if (wanted.includes("origin-api-key")) values["origin-api-key"] = newOriginKey();
  if (wanted.includes("operator-password")) values["operator-password"] = newPassword();
  return values;
}

const TokenSecretText = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    keys: v.array(v.object({ kid: v.string(), key: v.string() })),
    epoch: v.number(),
  }),
);
