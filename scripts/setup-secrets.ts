// `npm run setup-secrets`: creates, replaces or checks the secrets of a stage.
import { parseArgs } from "node:util";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { optionalSecretNames, secretNames, secretPrefixOf } from "#infra/secret-names.ts";
import { promptHidden } from "./prompt-hidden.ts";
import { checkSecrets } from "./secrets/check-secrets.ts";
import { optionalSecretValues } from "./secrets/optional-secret-values.ts";
import { setupSecrets } from "./secrets/setup-secrets.ts";

const usage = `Usage: npm run setup-secrets -- [--stage prod] [--region us-east-1] [--check] [--replace <name>]…
Reads DATABASE_URL_DIRECT (the address that Neon shows) and DEMO_PASSWORD (empty: generates one), or prompts for them.
Names: ${secretNames.join(", ")}
Optional, which --replace also creates: ${optionalSecretNames.join(", ")}`;

const prompt = {
  databaseUrl: async () => {
    const url = await readOrPrompt("DATABASE_URL_DIRECT", "Address of the database, from Neon: ");
    if (url === "") throw new Error("DATABASE_URL_DIRECT is missing, and there is no terminal.");
    return url;
  },
  password: () => readOrPrompt("DEMO_PASSWORD", "Password of the page (empty: generate one): "),
  optionalSecret: (name: (typeof optionalSecretNames)[number]) =>
    readOrPrompt(optionalSecretValues[name].variable, optionalSecretValues[name].question),
};

try {
  await main();
} catch (error) {
  console.error(`setup-secrets: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

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
  const replace = values.replace.map(toSecretName);
  const prefix = secretPrefixOf(values.stage);
  const endpoint = process.env.LOCAL_SECRETS_ENDPOINT;
  const client = new SecretsManagerClient({ region: values.region, ...(endpoint && { endpoint }) });
  if (values.check) {
    const faults = await checkSecrets({ client, prefix, region: values.region, endpoint });
    if (faults.length > 0) throw new Error(faults.join("\n"));
    return console.log(`All secrets under ${prefix}/ exist and are usable.`);
  }
  await setupSecrets({ client, prefix, replace, prompt, log: console.log });
  if (replace.includes("origin-api-key")) {
    console.log(
      "Write the version above into params of serverless.yml as originApiKeyVersion, and deploy.",
    );
  }
  console.log(
    `Read the password with: aws secretsmanager get-secret-value --secret-id ${prefix}/demo-password --region ${values.region}, and that of /operator with operator-password instead.`,
  );
}

function toSecretName(name: string) {
  const known = [...secretNames, ...optionalSecretNames].find((candidate) => candidate === name);
  if (!known) throw new Error(`There is no secret ${name}.\n${usage}`);
  return known;
}

/** Returns "" if the variable is not set and there is no terminal. */
async function readOrPrompt(variable: string, question: string): Promise<string> {
  return process.env[variable] ?? (process.stdin.isTTY ? await promptHidden(question) : "");
}
