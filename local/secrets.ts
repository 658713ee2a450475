import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import * as v from "valibot";
import { listen } from "#local/http/listen.ts";
import { isLoopbackHost } from "#local/http/loopback-host.ts";
import { readBody } from "#local/http/read-body.ts";

/** Secrets Manager as far as the functions use it, GetSecretValue, and `setup-secrets`: CreateSecret, PutSecretValue. */
export interface SecretsServer {
  readonly endpoint: string;
  /** Gives a secret a new version; the one before stays readable as AWSPREVIOUS. */
  set(name: string, value: object): void;
  close(): Promise<void>;
}

interface Version {
  readonly id: string;
  readonly text: string;
  readonly createdMs: number;
}

const Asked = v.object({
  SecretId: v.string(),
  VersionId: v.optional(v.string()),
  VersionStage: v.optional(v.string()),
});
const Created = v.object({ Name: v.string(), SecretString: v.string() });
const Put = v.object({ SecretId: v.string(), SecretString: v.string() });

const stages = ["AWSCURRENT", "AWSPREVIOUS"];
/** The service's own limit is 64 KB for the secret; requests are far smaller. */
const maxBytes = 64 * 1024;

/** Starts it on loopback with a first version of each secret, given by full name. */
export async function startSecrets(values: Record<string, object>): Promise<SecretsServer> {
  const secrets = new Map<string, Version[]>();
  const set = (name: string, value: object) => addVersion(secrets, name, JSON.stringify(value));
  for (const [name, value] of Object.entries(values)) set(name, value);

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, body } = answer(secrets, request, await readBody(request, maxBytes));
    response.writeHead(status, { "Content-Type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify(body));
  }

  const server = await listen((request, response) => {
    // The only failure is a caller that went away while its request was read.
    serve(request, response).catch(() => response.destroy());
  });
  return { endpoint: server.address, set, close: server.close };
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

type Secrets = Map<string, Version[]>;

function addVersion(secrets: Secrets, name: string, text: string): Version {
  const version = { id: randomUUID(), text, createdMs: Date.now() };
  secrets.set(name, [version, ...(secrets.get(name) ?? [])].slice(0, stages.length));
  return version;
}

function answer(secrets: Secrets, request: IncomingMessage, body?: Buffer): Answer {
  if (!isLoopbackHost(request)) return refusal("AccessDeniedException", "Not this host.");
  const text = body?.toString() ?? "";
  switch (request.headers["x-amz-target"]) {
    case "secretsmanager.GetSecretValue":
      return whenValid(Asked, text, (asked) => getSecretValue(secrets, asked));
    case "secretsmanager.CreateSecret":
      return whenValid(Created, text, (made) => createSecret(secrets, made));
    case "secretsmanager.PutSecretValue":
      return whenValid(Put, text, (put) => putSecretValue(secrets, put));
    default:
      return refusal("UnknownOperationException", "This operation is not served here.");
  }
}

function whenValid<Value>(
  shape: v.GenericSchema<unknown, Value>,
  text: string,
  act: (value: Value) => Answer,
): Answer {
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), shape), text);
  if (read.success) return act(read.output);
  return refusal("InvalidParameterException", "Something required is missing.");
}

function createSecret(secrets: Secrets, { Name, SecretString }: v.InferOutput<typeof Created>) {
  if (secrets.has(Name))
    return refusal("ResourceExistsException", `The secret ${Name} already exists.`);
  const { id } = addVersion(secrets, Name, SecretString);
  return { status: 200, body: { ARN: `${arnPrefix}${Name}`, Name, VersionId: id } };
}

function putSecretValue(secrets: Secrets, { SecretId, SecretString }: v.InferOutput<typeof Put>) {
  const name = SecretId.replace(arnPrefix, "");
  if (!secrets.has(name)) return unknownSecret();
  const { id } = addVersion(secrets, name, SecretString);
  const body = { ARN: `${arnPrefix}${name}`, Name: name, VersionId: id };
  return { status: 200, body: { ...body, VersionStages: ["AWSCURRENT"] } };
}

function getSecretValue(secrets: Secrets, asked: v.InferOutput<typeof Asked>): Answer {
  const name = asked.SecretId.replace(arnPrefix, "");
  const versions = secrets.get(name);
  if (versions === undefined) return unknownSecret();
  const stage = asked.VersionStage ?? "AWSCURRENT";
  const version = asked.VersionId
    ? versions.find(({ id }) => id === asked.VersionId)
    : versions[stages.indexOf(stage)];
  if (version === undefined)
    return refusal(
      "ResourceNotFoundException",
      `Secrets Manager can't find the specified secret value for ${asked.VersionId ? `VersionId: ${asked.VersionId}` : `staging label: ${stage}`}`,
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
  refusal("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");

function refusal(type: string, message: string): Answer {
  return { status: 400, body: { __type: type, message } };
}
