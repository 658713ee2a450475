import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import * as v from "valibot";
import { listen } from "#local/http/listen.ts";
import { isLoopbackHost } from "#local/http/loopback-host.ts";
import { readBody } from "#local/http/read-body.ts";

/** Secrets Manager as far as the functions use it: GetSecretValue. */
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

const Request = v.object({
  SecretId: v.string(),
  VersionId: v.optional(v.string()),
  VersionStage: v.optional(v.string()),
});
type Request = v.InferOutput<typeof Request>;

const stages = ["AWSCURRENT", "AWSPREVIOUS"];
/** The service's own limit is 64 KB for the secret; requests are far smaller. */
const maxBytes = 64 * 1024;

/** Starts it on loopback with a first version of each secret, given by full name. */
export async function startSecrets(values: Record<string, object>): Promise<SecretsServer> {
  const secrets = new Map<string, Version[]>();
  const set = (name: string, value: object) => {
    const version = { id: randomUUID(), text: JSON.stringify(value), createdMs: Date.now() };
    secrets.set(name, [version, ...(secrets.get(name) ?? [])].slice(0, stages.length));
  };
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

function answer(secrets: Map<string, Version[]>, request: IncomingMessage, body?: Buffer): Answer {
  if (!isLoopbackHost(request)) return refusal("AccessDeniedException", "Not this host.");
  if (request.headers["x-amz-target"] !== "secretsmanager.GetSecretValue")
    return refusal("UnknownOperationException", "Only GetSecretValue is served here.");
  const asked = v.safeParse(v.pipe(v.string(), v.parseJson(), Request), body?.toString() ?? "");
  if (!asked.success) return refusal("InvalidParameterException", "SecretId is missing.");
  return getSecretValue(secrets, asked.output);
}

function getSecretValue(secrets: Map<string, Version[]>, asked: Request): Answer {
  const name = asked.SecretId.replace(arnPrefix, "");
  const versions = secrets.get(name);
  if (versions === undefined)
    return refusal("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
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

function refusal(type: string, message: string): Answer {
  return { status: 400, body: { __type: type, message } };
}
