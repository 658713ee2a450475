import * as v from "valibot";
import { parseJson } from "./json.ts";

export interface TokenKey {
  kid: string;
  key: string;
}

/** The first key signs, and every key verifies. A session of another epoch is invalid. */
export interface TokenKeys {
  keys: [TokenKey, ...TokenKey[]];
  epoch: number;
}

/**
 * Returns the schema of each secret.
 * @param deployed in AWS a placeholder or a short value is refused; the local twin takes any value
 */
export function secretShapes(deployed: boolean) {
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
    password: object({ password: v.pipe(text, atLeast(16)) }),
    tokenKeys: object({
      keys: v.tupleWithRest(
        [object({ kid: text, key: v.pipe(text, atLeast(32)) })],
        object({ kid: text, key: v.pipe(text, atLeast(32)) }),
        "must be a list of at least one key",
      ),
      epoch: v.pipe(v.number("must be a number"), v.integer("must be a whole number")),
    }),
    // API Gateway takes no key shorter than 20 characters.
    originApiKey: object({ key: v.pipe(text, atLeast(20)) }),
    /** The key of a foreign service that a tool calls. */
    toolApiKey: object({
      api_key: v.pipe(text, v.regex(/^[!-~]*$/, "must hold no spaces or line breaks")),
    }),
  };
}

function isPlaceholder(value: string): boolean {
  return /^(password|secret|changeme)$|change[-_ ]me|^your[-_ ]|^<.*>$/i.test(value);
}

/** Its host is checked as one of http, which this system asks. Of an unknown scheme any text is a host. */
function isPostgresUrl(value: string): boolean {
  return /^postgres(ql)?:\/\//.test(value) && URL.canParse(value.replace(/^\w+:/, "http:"));
}

/**
 * Returns the value of a secret's JSON.
 * @throws Error that names the secret's id, every fault and the command that mends the secret, but never the value
 */
export function parseSecret<Value>(
  id: string,
  text: string,
  shape: v.GenericSchema<unknown, Value>,
  example: string,
): Value {
  const parsed = v.safeParse(shape, parseJson(text));
  if (parsed.success) return parsed.output;
  const faults = parsed.issues.map(
    (issue) => `${v.getDotPath(issue) ?? "the value"} ${issue.message}`,
  );
  throw unusableSecret(id, faults, example);
}

/** Returns the error for a secret with faults, which hold no value. */
export const unusableSecret = (id: string, faults: readonly string[], example: string) =>
  new Error(
    `The secret ${id} is not usable: ${faults.join(", ")}. Give it a value like ${example} with: aws secretsmanager put-secret-value --secret-id ${id} --secret-string file://secret.json`,
  );
