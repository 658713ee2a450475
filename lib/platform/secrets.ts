import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import * as v from "valibot";
import type { Config } from "./config.ts";
import type { Telemetry } from "./telemetry.ts";

/** A rotated secret is in use everywhere after this long. */
const freshForMs = 5 * 60_000;
/** While Secrets Manager fails, what we have is kept and it is asked again this often. */
const retryAfterMs = 30_000;

interface TokenKey {
  kid: string;
  key: string;
}

/** The first key signs; all of them verify. A session of another epoch has ended. */
export interface TokenKeys {
  keys: [TokenKey, ...TokenKey[]];
  epoch: number;
}

export interface Secrets {
  databaseUrl(): Promise<string>;
  demoPassword(): Promise<string>;
  tokenKeys(): Promise<TokenKeys>;
  /** The API key that CloudFront, and nobody else, adds to what it forwards. */
  originApiKey(): Promise<string>;
}

type SecretsConfig = Pick<Config, "environment" | "region" | "secretPrefix" | "endpoints">;

interface SecretsOptions {
  telemetry?: Telemetry;
  now?: () => number;
}

/**
 * The secrets in Secrets Manager under `config.secretPrefix`, each read on first use and again every five minutes.
 * @throws Error that names the secret and how to mend it, never its value
 */
export function createSecrets(config: SecretsConfig, options: SecretsOptions = {}): Secrets {
  const read = secretReader(config);
  const shapes = secretShapes(config.environment === "aws");

  function secret<Value>(name: string, shape: v.GenericSchema<unknown, Value>, example: string) {
    const id = `${config.secretPrefix}/${name}`;
    return refreshed(async () => parseSecret(id, await read(id), shape, example), {
      now: options.now ?? Date.now,
      onKept: (cause) => options.telemetry?.error("secret.refresh_failed", cause, { secret: id }),
    });
  }

  const databaseUrl = secret("database-url", shapes.databaseUrl, '{"url":"postgresql://…"}');
  const demoPassword = secret("demo-password", shapes.demoPassword, '{"password":"…"}');
  const tokenKeys = secret(
    "auth-token-secret",
    shapes.tokenKeys,
    '{"keys":[{"kid":"1","key":"…"}],"epoch":1}',
  );
  const originApiKey = secret("origin-api-key", shapes.originApiKey, '{"key":"…"}');
  return {
    databaseUrl: async () => (await databaseUrl()).url,
    demoPassword: async () => (await demoPassword()).password,
    tokenKeys,
    originApiKey: async () => (await originApiKey()).key,
  };
}

/** On one's own machine any value will do; deployed, one that can be guessed is refused. */
function secretShapes(deployed: boolean) {
  const text = v.pipe(
    v.string("must be a string"),
    v.minLength(1, "must not be empty"),
    v.check((value) => !deployed || !isPlaceholder(value), "is a placeholder, not a secret"),
  );
  const atLeast = (bytes: number) =>
    v.check<string, string>(
      (value) => !deployed || Buffer.byteLength(value) >= bytes,
      `must have at least ${bytes} characters`,
    );
  const object = <Entries extends v.ObjectEntries>(entries: Entries) =>
    v.object(entries, (issue) => (issue.path ? "is missing" : "must be a JSON object"));

  return {
    databaseUrl: object({
      url: v.pipe(
        text,
        v.check(isPostgresUrl, "must be a URL that begins with postgresql://"),
        v.check(
          (url) => !deployed || !isPlaceholder(new URL(url).password),
          "holds a placeholder instead of a password",
        ),
      ),
    }),
    demoPassword: object({ password: v.pipe(text, atLeast(16)) }),
    tokenKeys: object({
      keys: v.tupleWithRest(
        [object({ kid: text, key: v.pipe(text, atLeast(32)) })],
        object({ kid: text, key: v.pipe(text, atLeast(32)) }),
        "must be a list of at least one key",
      ),
      epoch: v.pipe(v.number("must be a number"), v.integer("must be a whole number")),
    }),
    // API Gateway itself takes no key shorter than 20 characters.
    originApiKey: object({ key: v.pipe(text, atLeast(20)) }),
  };
}

function isPlaceholder(value: string): boolean {
  return /^(password|secret|changeme)$|change[-_ ]me|^your[-_ ]|^<.*>$/i.test(value);
}

function isPostgresUrl(value: string): boolean {
  return /^postgres(ql)?:\/\//.test(value) && URL.canParse(value);
}

/** The client is loaded with the first read: a request that is refused before it needs none. */
function secretReader(config: SecretsConfig): (id: string) => Promise<string> {
  let client: SecretsManagerClient | undefined;
  return async (id) => {
    const { GetSecretValueCommand, SecretsManagerClient } = await import(
      "@aws-sdk/client-secrets-manager"
    );
    client ??= new SecretsManagerClient({
      region: config.region,
      ...(config.endpoints.secrets && { endpoint: config.endpoints.secrets }),
      maxAttempts: 3,
      requestHandler: {
        connectionTimeout: 1_000,
        requestTimeout: 3_000,
        throwOnRequestTimeout: true,
      },
    });
    try {
      const answer = await client.send(new GetSecretValueCommand({ SecretId: id }));
      return answer.SecretString ?? "";
    } catch (cause) {
      throw new Error(
        `The secret ${id} could not be read. Does it exist in this region, and may this function's role call secretsmanager:GetSecretValue on it?`,
        { cause },
      );
    }
  };
}

function parseSecret<Value>(
  id: string,
  text: string,
  shape: v.GenericSchema<unknown, Value>,
  example: string,
): Value {
  const parsed = v.safeParse(shape, parseJson(text));
  if (parsed.success) return parsed.output;
  const faults = parsed.issues
    .map((issue) => `${v.getDotPath(issue) ?? "the value"} ${issue.message}`)
    .join(", ");
  throw new Error(
    `The secret ${id} is not usable: ${faults}. Give it a value like ${example} with: aws secretsmanager put-secret-value --secret-id ${id} --secret-string file://secret.json`,
  );
}

/** `undefined` for what is no JSON. The parser's own error is dropped on purpose: it quotes the text. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Loads on first use and when the value has aged, once for all who ask meanwhile. A failed refresh keeps the old value. */
function refreshed<Value>(
  load: () => Promise<Value>,
  { now, onKept }: { now: () => number; onKept: (cause: unknown) => void },
): () => Promise<Value> {
  let held: { value: Value; freshUntilMs: number } | undefined;
  let loading: Promise<Value> | undefined;

  async function refresh(): Promise<Value> {
    try {
      const value = await load();
      held = { value, freshUntilMs: now() + freshForMs };
      return value;
    } catch (cause) {
      if (!held) throw cause;
      onKept(cause);
      held.freshUntilMs = now() + retryAfterMs;
      return held.value;
    }
  }

  return async () => {
    if (held && now() < held.freshUntilMs) return held.value;
    loading ??= refresh().finally(() => {
      loading = undefined;
    });
    return loading;
  };
}
