import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import * as v from "valibot";
import { listen } from "#local/http/listen.ts";
import { isLoopbackHost } from "#local/http/loopback-host.ts";
import { readBody } from "#local/http/read-body.ts";

/** Stands in for Secrets Manager: GetSecretValue for the functions, CreateSecret and PutSecretValue for `setup-secrets`. */
export interface SecretsServer {
  readonly endpoint: string;
  /** Adds a new version to a secret. The version before stays readable as AWSPREVIOUS. */
  set(name: string, value: object): void;
  close(): Promise<void>;
}

interface Version {
  readonly id: string;
  readonly text: string;
  readonly createdMs: number;
}

const GetSecretValueInput = v.object({
  SecretId: v.string(),
  VersionId: v.optional(v.string()),
  VersionStage: v.optional(v.string()),
});
const CreateSecretInput = v.object({ Name: v.string(), SecretString: v.string() });
const PutSecretValueInput = v.object({ SecretId: v.string(), SecretString: v.string() });

const stages = ["AWSCURRENT", "AWSPREVIOUS"];
/** The service's limit for one secret. */
const maxBytes = 64 * 1024;

/** Starts the server on loopback with a first version of each secret, given by full name. */
export async function startSecrets(values: Record<string, object>): Promise<SecretsServer> {
  const secrets = new Map<string, Version[]>();
  const set = (name: string, value: object) => addVersion(secrets, name, JSON.stringify(value));
  for (const [name, value] of Object.entries(values)) set(name, value);

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, body } = handle(secrets, request, await readBody(request, maxBytes));
    response.writeHead(status, { "Content-Type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify(body));
  }

  const server = await listen((request, response) => {
    // Fails only if the client leaves while the server reads its request.
    serve(request, response).catch(() => response.destroy());
  });
  return { endpoint: server.address, set, close: server.close };
}

interface Result {
  readonly status: number;
  readonly body: object;
}

type Secrets = Map<string, Version[]>;

function addVersion(secrets: Secrets, name: string, text: string): Version {
  const version = { id: randomUUID(), text, createdMs: Date.now() };
  secrets.set(name, [version, ...(secrets.get(name) ?? [])].slice(0, stages.length));
  return version;
}

function handle(secrets: Secrets, request: IncomingMessage, body?: Buffer): Result {
  if (!isLoopbackHost(request)) return errorResult("AccessDeniedException", "Not this host.");
  const text = body?.toString() ?? "";
  switch (request.headers["x-amz-target"]) {
    case "secretsmanager.GetSecretValue":
      return withInput(GetSecretValueInput, text, (input) => getSecretValue(secrets, input));
    case "secretsmanager.CreateSecret":
      return withInput(CreateSecretInput, text, (input) => createSecret(secrets, input));
    case "secretsmanager.PutSecretValue":
      return withInput(PutSecretValueInput, text, (input) => putSecretValue(secrets, input));
    default:
      return errorResult("UnknownOperationException", "This operation is not served here.");
  }
}

function withInput<Input>(
  schema: v.GenericSchema<unknown, Input>,
  text: string,
  operate: (input: Input) => Result,
): Result {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text);
  if (parsed.success) return operate(parsed.output);
  return errorResult("InvalidParameterException", "A required parameter is missing.");
}

function createSecret(
  secrets: Secrets,
  { Name, SecretString }: v.InferOutput<typeof CreateSecretInput>,
): Result {
  if (secrets.has(Name))
    return errorResult("ResourceExistsException", `The secret ${Name} already exists.`);
  const { id } = addVersion(secrets, Name, SecretString);
  return { status: 200, body: { ARN: `${arnPrefix}${Name}`, Name, VersionId: id } };
}

function putSecretValue(
  secrets: Secrets,
  { SecretId, SecretString }: v.InferOutput<typeof PutSecretValueInput>,
): Result {
  const name = SecretId.replace(arnPrefix, "");
  if (!secrets.has(name)) return unknownSecret();
  const { id } = addVersion(secrets, name, SecretString);
  const body = { ARN: `${arnPrefix}${name}`, Name: name, VersionId: id };
  return { status: 200, body: { ...body, VersionStages: ["AWSCURRENT"] } };
}

function getSecretValue(
  secrets: Secrets,
  input: v.InferOutput<typeof GetSecretValueInput>,
): Result {
  const name = input.SecretId.replace(arnPrefix, "");
  const versions = secrets.get(name);
  if (versions === undefined) return unknownSecret();
  const stage = input.VersionStage ?? "AWSCURRENT";
  const version = input.VersionId
    ? versions.find(({ id }) => id === input.VersionId)
    : versions[stages.indexOf(stage)];
  if (version === undefined)
    return errorResult(
      "ResourceNotFoundException",
      `Secrets Manager can't find the specified secret value for ${input.VersionId ? `VersionId: ${input.VersionId}` : `staging label: ${stage}`}`,
    );
  return {
    status: 200,
    body: {
      ARN: `${arnPrefix}${name}`,
      Name: name,
      VersionId: version.id,
      SecretString: version.text,
      VersionStages: [stages[versions.indexOf(version)]],
      CreatedDate: version.createdMs / 1_000,
    },
  };
}

const arnPrefix = "arn:aws:secretsmanager:us-east-1:000000000000:secret:";

const unknownSecret = () =>
  errorResult("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");

function errorResult(type: string, message: string): Result {
  return { status: 400, body: { __type: type, message } };
}
