import { parseArgs } from "node:util";
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import * as v from "valibot";
import { createSecrets } from "#lib/platform/secrets.ts";
import { askHidden } from "./ask-hidden.ts";
import {
  databaseSecrets,
  madeOriginKey,
  madePassword,
  passwordSecret,
  type SecretName,
  secretNames,
  tokenSecret,
} from "./secret-values.ts";

export interface SetupOptions {
  client: SecretsManagerClient;
  /** `enterprise-agentic-ai` for stage prod, else with `/<stage>`. */
  prefix: string;
  /** Asked for only when it is needed, and answered with the text or nothing. */
  ask: { databaseUrl: () => Promise<string>; password: () => Promise<string> };
  /** Secrets to give a new value. All others that exist are left as they are. */
  replace?: readonly SecretName[];
  report: (line: string) => void;
}

/** Gives a stage the secrets that it does not have yet. Safe to run twice; says names, never values. */
export async function setupSecrets(options: SetupOptions): Promise<void> {
  const existing = await readAll(options);
  const wanted = secretNames.filter(
    (name) => !existing.has(name) || options.replace?.includes(name),
  );
  const values = await makeValues(wanted, existing, options);
  for (const name of secretNames) {
    const value = values[name];
    const id = `${options.prefix}/${name}`;
    if (!value) options.report(`kept      ${id}`);
    else if (existing.has(name))
      options.report(`replaced  ${id}, version ${await put(options.client, id, value)}`);
    else options.report(`${await create(options.client, id, value)}  ${id}`);
  }
}

async function readAll({ client, prefix }: SetupOptions): Promise<Map<SecretName, string>> {
  const found = await Promise.all(
    secretNames.map(async (name) => [name, await read(client, `${prefix}/${name}`)] as const),
  );
  return new Map(found.flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])));
}

async function makeValues(
  wanted: readonly SecretName[],
  existing: Map<SecretName, string>,
  { ask, replace = [] }: SetupOptions,
): Promise<Partial<Record<SecretName, object>>> {
  const made: Partial<Record<SecretName, object>> = {};
  if (wanted.includes("database-url-direct") || wanted.includes("database-url")) {
    const known = replace.includes("database-url-direct")
      ? undefined
      : existing.get("database-url-direct");
    const databases = databaseSecrets(known ? urlIn(known) : await ask.databaseUrl());
    for (const name of ["database-url-direct", "database-url"] as const) {
      if (wanted.includes(name)) made[name] = databases[name];
    }
  }
  if (wanted.includes("demo-password")) {
    const given = await ask.password();
    made["demo-password"] = given === "" ? madePassword() : passwordSecret(given);
  }
  if (wanted.includes("auth-token-secret")) {
    const former = v.safeParse(TokenSecretText, existing.get("auth-token-secret"));
    made["auth-token-secret"] = tokenSecret(former.success ? former.output : undefined);
  }
  if (wanted.includes("origin-api-key")) made["origin-api-key"] = madeOriginKey();
  return made;
}

const UrlText = v.pipe(v.string(), v.parseJson(), v.object({ url: v.string() }));
const TokenSecretText = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    keys: v.array(v.object({ kid: v.string(), key: v.string() })),
    epoch: v.number(),
  }),
);

function urlIn(text: string): string {
  const parsed = v.safeParse(UrlText, text);
  if (parsed.success) return parsed.output.url;
  throw new Error('database-url-direct is not of the form {"url":"postgresql://…"}. Replace it.');
}

async function read(client: SecretsManagerClient, id: string): Promise<string | undefined> {
  try {
    return (await client.send(new GetSecretValueCommand({ SecretId: id }))).SecretString ?? "";
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw explained(error, `The secret ${id} could not be read`);
  }
}

async function create(client: SecretsManagerClient, id: string, value: object): Promise<string> {
  try {
    await client.send(new CreateSecretCommand({ Name: id, SecretString: JSON.stringify(value) }));
    return "created ";
  } catch (error) {
    // Somebody else was faster; theirs stands.
    if (error instanceof ResourceExistsException) return "kept    ";
    throw explained(error, `The secret ${id} could not be created`);
  }
}

async function put(client: SecretsManagerClient, id: string, value: object): Promise<string> {
  try {
    const command = new PutSecretValueCommand({
      SecretId: id,
      SecretString: JSON.stringify(value),
    });
    return (await client.send(command)).VersionId ?? "unknown";
  } catch (error) {
    throw explained(error, `The secret ${id} could not be replaced`);
  }
}

/** AWS's own message says what is missing: credentials, a permission, a region, or that a deletion is under way. */
function explained(error: unknown, sentence: string): Error {
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new Error(`${sentence}. ${reason}`, { cause: error });
}

/**
 * Whether the functions of a stage will find what they need, read with their own eyes.
 * @returns one sentence for each secret that is missing or unusable
 */
export async function checkSecrets(options: {
  client: SecretsManagerClient;
  prefix: string;
  region: string;
  endpoint?: string | undefined;
}): Promise<string[]> {
  const { databaseUrl, demoPassword, tokenKeys, originApiKey } = createSecrets({
    environment: "aws",
    region: options.region,
    secretPrefix: options.prefix,
    endpoints: {
      neon: undefined,
      dynamodb: undefined,
      bedrock: undefined,
      secrets: options.endpoint,
    },
  });
  const direct = async () => {
    const id = `${options.prefix}/database-url-direct`;
    const text = await read(options.client, id);
    if (text === undefined)
      throw new Error(`The secret ${id} does not exist. Run npm run setup-secrets.`);
    urlIn(text);
  };
  const checks = [databaseUrl(), direct(), demoPassword(), tokenKeys(), originApiKey()];
  const results = await Promise.allSettled(checks);
  return results.flatMap((result) =>
    result.status === "rejected" && result.reason instanceof Error ? [result.reason.message] : [],
  );
}

const usage = `Usage: npm run setup-secrets -- [--stage prod] [--region us-east-1] [--check] [--replace <name>]…
In the environment, or asked for: DATABASE_URL_DIRECT (the address that Neon shows), DEMO_PASSWORD (empty: one is made).
Names: ${secretNames.join(", ")}`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      stage: { type: "string", default: "prod" },
      region: { type: "string", default: process.env.AWS_REGION ?? "us-east-1" },
      check: { type: "boolean", default: false },
      replace: { type: "string", multiple: true, default: [] },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(usage);
  const replace = values.replace.map(readName);
  const product = "enterprise-agentic-ai";
  const prefix = values.stage === "prod" ? product : `${product}/${values.stage}`;
  const endpoint = process.env.LOCAL_SECRETS_ENDPOINT;
  const client = new SecretsManagerClient({ region: values.region, ...(endpoint && { endpoint }) });
  if (values.check) {
    const faults = await checkSecrets({ client, prefix, region: values.region, endpoint });
    if (faults.length > 0) throw new Error(faults.join("\n"));
    return console.log(`All secrets under ${prefix}/ are there and usable.`);
  }
  await setupSecrets({ client, prefix, replace, ask: questions, report: console.log });
  if (replace.includes("origin-api-key")) {
    console.log(
      "Write the version above into params of serverless.yml as originApiKeyVersion, and deploy.",
    );
  }
  console.log(
    `Read the password with: aws secretsmanager get-secret-value --secret-id ${prefix}/demo-password --region ${values.region}`,
  );
}

function readName(name: string): SecretName {
  const known = secretNames.find((candidate) => candidate === name);
  if (!known) throw new Error(`There is no secret ${name}.\n${usage}`);
  return known;
}

const questions = {
  databaseUrl: () => answerOf("DATABASE_URL_DIRECT", "The database's address, as Neon shows it: "),
  password: async () =>
    process.env.DEMO_PASSWORD ??
    (process.stdin.isTTY ? await askHidden("The password of the page (empty: one is made): ") : ""),
};

async function answerOf(variable: string, question: string): Promise<string> {
  const given = process.env[variable] ?? (process.stdin.isTTY ? await askHidden(question) : "");
  if (given === "") throw new Error(`${variable} is missing, and there is nobody to ask.`);
  return given;
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    console.error(`setup-secrets: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
