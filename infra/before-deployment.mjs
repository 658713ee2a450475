import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { GetAccountSettingsCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { DescribeSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { budgetFaults } from "#lib/budget/turn-budget.ts";
import { ConfigError, readConfig } from "#lib/platform/config.ts";
import { optionalSecretNames, optionalSecrets, secretNames } from "./secret-names.ts";

/** A plugin of `sls` that refuses a deployment, before it begins, if it would fail half-way. */
export default class BeforeDeployment {
  hooks = {
    // A deployment begins with its package, which takes longer than the check.
    "before:package:cleanup": () => this.isDeployment() && this.checkOnce(),
    // For `sls deploy --package`, which makes no package.
    "before:deploy:deploy": () => this.checkOnce(),
  };
  checked;

  constructor(serverless) {
    this.serverless = serverless;
  }

  isDeployment() {
    return this.serverless.processedInput.commands.join(" ") === "deploy";
  }

  async checkOnce() {
    this.checked ??= this.check();
    await this.checked;
  }

  async check() {
    const { service } = this.serverless;
    const functions = Object.values(service.functions);
    const { stage, region, environment } = service.provider;
    const prefix = environment.SECRET_PREFIX;
    const given = this.serverless.processedInput.options.param ?? [];
    const settings = await this.serverless.getProvider("aws").getAwsSdkV3Config();
    const faults = deploymentFaults({
      prefix,
      stage,
      region,
      unusableParameters: await unusableParameters(service, given),
      unusableSettings: unusableSettings({ AWS_REGION: region, ...environment }, functions),
      missingSecrets: await missingSecrets(
        new SecretsManagerClient(settings),
        prefix,
        neededSecrets(functions),
      ),
      reserved: functions.reduce(
        (sum, { reservedConcurrency = 0 }) => sum + Number(reservedConcurrency ?? 0),
        0,
      ),
      concurrencyLimit: await concurrencyLimit(new LambdaClient(settings)),
    });
    if (faults.length > 0) throw new this.serverless.classes.Error(faults.join("\n"));
  }
}

/** Returns one sentence for each obstacle. */
function deploymentFaults(found) {
  const { prefix, stage, region, missingSecrets, unusableSettings, reserved, concurrencyLimit } =
    found;
  const faults = [
    ...found.unusableParameters,
    ...missingSecrets.map(
      (name) =>
        `The secret ${prefix}/${name} does not exist in ${region}. Create it with: npm run setup-secrets -- --stage ${stage} --region ${region}${name in optionalSecrets ? ` --replace ${name}` : ""}`,
    ),
  ];
  // Lambda keeps this much concurrency for functions without a reservation.
  const unreserved = 100;
  for (const fault of unusableSettings) {
    faults.push(`No function could start: ${fault}. Check the parameters of the deployment.`);
  }
  // The same rule as in infra/github-role.yml: a hyphen would make "prod" a prefix of "prod-eu".
  if (!/^[a-z][a-z0-9]{0,15}$/.test(stage)) {
    faults.push(`The stage ${stage} must be at most 16 lower-case letters and digits.`);
  }
  if (reserved > 0 && reserved > concurrencyLimit - unreserved) {
    faults.push(
      `The parameter reservedConcurrency reserves ${reserved} concurrent executions, but the account has ${concurrencyLimit} and keeps ${unreserved}. ` +
        "Omit the parameter, or request a higher quota: Service Quotas, AWS Lambda, Concurrent executions.",
    );
  }
  return faults;
}

/** Returns one sentence for each unknown or invalid parameter. */
async function unusableParameters({ functions }, given) {
  const faults = [];
  const known = await knownParameters();
  for (const name of given.map((one) => one.split("=", 1)[0])) {
    if (!known.has(name)) {
      const names = [...known].toSorted().join(", ");
      faults.push(`There is no parameter ${name}. The parameters are: ${names}.`);
    }
  }
  // `sls` itself checks that this is a whole number. With 0 a function never runs.
  if (
    Object.values(functions).some(({ reservedConcurrency }) => Number(reservedConcurrency ?? 1) < 1)
  ) {
    faults.push(
      "The parameter reservedConcurrency must be at least 1. Omit it to reserve nothing.",
    );
  }
  return faults;
}

/** Returns the names of all parameters that serverless.yml or a file of this folder reads. */
async function knownParameters() {
  const root = join(import.meta.dirname, "..");
  const infraFiles = (await readdir(import.meta.dirname)).map((name) =>
    join(import.meta.dirname, name),
  );
  const texts = await Promise.all(
    [join(root, "serverless.yml"), ...infraFiles].map((path) => readFile(path, "utf8")),
  );
  return new Set(
    texts
      .join()
      .matchAll(/\$\{param:(\w+)/g)
      .map(([, name]) => name),
  );
}

/** Returns the errors of the functions' own `readConfig` and budget, which they would throw at their start. */
function unusableSettings(common, functions) {
  const faults = functions.flatMap(({ environment }) => {
    const variables = Object.entries({ ...common, ...environment })
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, typeof value === "object" ? "resolved" : String(value)]);
    try {
      return budgetFaults(readConfig(Object.fromEntries(variables)));
    } catch (error) {
      if (error instanceof ConfigError) return error.faults;
      throw error;
    }
  });
  return [...new Set(faults)];
}

/** Returns the secrets of every stage, and those that the settings of this stage need. */
function neededSecrets(functions) {
  const optional = optionalSecretNames.filter((name) => {
    const { variable, value } = optionalSecrets[name];
    return functions.some(({ environment }) => environment?.[variable] === value);
  });
  return [...secretNames, ...optional];
}

async function missingSecrets(client, prefix, names) {
  const found = await Promise.all(names.map((name) => exists(client, `${prefix}/${name}`)));
  return names.filter((_name, index) => !found[index]);
}

async function exists(client, id) {
  try {
    // AWS still describes a secret that is being deleted.
    const { DeletedDate } = await client.send(new DescribeSecretCommand({ SecretId: id }));
    return DeletedDate === undefined;
  } catch (error) {
    if (error.name === "ResourceNotFoundException") return false;
    throw error;
  }
}

async function concurrencyLimit(client) {
  const { AccountLimit } = await client.send(new GetAccountSettingsCommand({}));
  return AccountLimit.ConcurrentExecutions;
}
