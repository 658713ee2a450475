import { resolve } from "node:path";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import * as v from "valibot";
import { secretPrefixOf } from "#infra/secret-names.ts";
import { databaseUrlFile } from "#local/backing-services.ts";
import { readIfThere } from "#local/read-if-there.ts";
import { readSecret } from "#scripts/secrets/secret-store.ts";

const DatabaseUrl = v.pipe(v.string(), v.parseJson(), v.object({ url: v.string() }));

/** Returns the address of a stage's database, of `DATABASE_URL`, or of the twin that runs in this folder. @throws Error with one sentence */
export async function findDatabase(options: {
  stage?: string | undefined;
  region: string;
}): Promise<string> {
  const { stage, region } = options;
  if (stage === undefined) return process.env.DATABASE_URL || twinDatabase();
  const endpoint = process.env.LOCAL_SECRETS_ENDPOINT;
  const client = new SecretsManagerClient({ region, ...(endpoint && { endpoint }) });
  const id = `${secretPrefixOf(stage)}/database-url`;
  const secret = v.safeParse(DatabaseUrl, await readSecret(client, id));
  if (!secret.success) {
    throw new Error(`The secret ${id} is missing in ${region}: npm run setup-secrets creates it.`);
  }
  return secret.output.url;
}

function twinDatabase(): string {
  const url = readIfThere(databaseUrlFile(resolve(process.env.LOCAL_DATA_DIR ?? ".local")));
  if (url) return url;
  throw new Error(
    "No twin has run in this folder: npm start, name a --stage, or set DATABASE_URL.",
  );
}
