import { createHash } from "node:crypto";
import { accessDenied, S3Refusal } from "./refusal.ts";
import { requireEqual, sign } from "./signature.ts";

/** A form of `multipart/form-data`, as a browser sends it to S3. */
export interface SentForm {
  /** By lower-case name. Only those before the file: S3 ignores the others. */
  fields: ReadonlyMap<string, string>;
  file: Buffer;
}

/** An upload that its policy allows. */
export interface AcceptedUpload {
  key: string;
  contentType: string;
  /** In base64, computed from the bytes. */
  sha256: string;
  file: Buffer;
}

/** Reads the body of a POST. Node parses it. @throws S3Refusal */
export async function readForm(body: Buffer, contentType: string): Promise<SentForm> {
  if (!/^multipart\/form-data\b/i.test(contentType)) {
    throw new S3Refusal(
      412,
      "PreconditionFailed",
      "At least one of the pre-conditions you specified did not hold",
      { Condition: "Bucket POST must be of the enclosure-type multipart/form-data" },
    );
  }
  const form = await new Response(new Uint8Array(body), {
    headers: { "content-type": contentType },
  })
    .formData()
    .catch(() => {
      throw new S3Refusal(
        400,
        "MalformedPOSTRequest",
        "The body of your POST request is not well-formed multipart/form-data.",
      );
    });
  const fields = new Map<string, string>();
  const files: Blob[] = [];
  for (const [name, value] of form) {
    if (typeof value !== "string" && name === "file") files.push(value);
    else if (files.length > 0) continue;
    else fields.set(name.toLowerCase(), typeof value === "string" ? value : await value.text());
  }
  const [file] = files;
  if (file === undefined || files.length > 1) {
    throw new S3Refusal(
      400,
      "InvalidArgument",
      "POST requires exactly one file upload per request.",
      { ArgumentName: "file", ArgumentValue: files.length },
    );
  }
  return { fields, file: Buffer.from(await file.arrayBuffer()) };
}

/** Checks a form by its policy, in S3's order: signature, expiry, conditions, size, checksum. @throws S3Refusal */
export function checkForm(form: SentForm, bucket: string, nowMs: number): AcceptedUpload {
  const { fields, file } = form;
  const key = requireField(fields, "key");
  const policyText = fields.get("policy");
  if (policyText === undefined) throw accessDenied();
  if (requireField(fields, "x-amz-algorithm") !== "AWS4-HMAC-SHA256") {
    throw invalidArgument('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"', "x-amz-algorithm");
  }
  const credential = requireField(fields, "x-amz-credential");
  const date = requireField(fields, "x-amz-date");
  requireEqual(requireField(fields, "x-amz-signature"), sign(credential, date, policyText));

  const policy = readPolicy(policyText);
  if (!(nowMs < policy.expiresAtMs)) {
    throw accessDenied("Invalid according to Policy: Policy expired.");
  }
  // A form may name its bucket in a field. The request's own bucket counts.
  const values = new Map([...fields, ["bucket", bucket]]);
  if ((fields.get("bucket") ?? bucket) !== bucket) throw failedCondition(["eq", "$bucket", bucket]);
  const covered = new Set(["file", "policy", "x-amz-signature"]);
  let size: [number, number] | undefined;
  for (const [operator, name, value] of policy.conditions) {
    if (operator === "content-length-range") {
      size = [Number(name), Number(value)];
      continue;
    }
    const field = name.replace(/^\$/, "").toLowerCase();
    const given = values.get(field) ?? "";
    const holds = operator === "eq" ? given === value : given.startsWith(value);
    if (!holds) throw failedCondition([operator, `$${field}`, value]);
    covered.add(field);
  }
  const extra = [...fields.keys()].filter(
    (name) => !covered.has(name) && !name.startsWith("x-ignore-"),
  );
  if (extra.length > 0) {
    throw accessDenied(`Invalid according to Policy: Extra input fields: ${extra.join(",")}`);
  }
  if (size !== undefined) requireSize(file.length, size);
  if (Buffer.byteLength(key) > 1_024) {
    throw new S3Refusal(400, "KeyTooLongError", "Your key is too long", { MaxSizeAllowed: 1_024 });
  }
  return {
    key,
    contentType: fields.get("content-type") ?? "binary/octet-stream",
    sha256: requireChecksum(fields, file),
    file,
  };
}

function requireField(fields: ReadonlyMap<string, string>, name: string): string {
  const value = fields.get(name);
  if (value !== undefined && value !== "") return value;
  throw invalidArgument(
    `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`,
    name,
  );
}

const invalidArgument = (message: string, name: string) =>
  new S3Refusal(400, "InvalidArgument", message, { ArgumentName: name, ArgumentValue: "" });

type Condition = readonly ["eq" | "starts-with" | "content-length-range", string, string];

function readPolicy(text: string): { expiresAtMs: number; conditions: Condition[] } {
  const refuse = (reason: string) =>
    new S3Refusal(400, "InvalidPolicyDocument", `Invalid Policy: ${reason}`);
  let policy: { expiration?: unknown; conditions?: unknown };
  try {
    policy = JSON.parse(Buffer.from(text, "base64").toString());
  } catch {
    throw refuse("Invalid JSON.");
  }
  const { expiration, conditions } = Object(policy) as typeof policy;
  const expiresAtMs = typeof expiration === "string" ? Date.parse(expiration) : Number.NaN;
  if (Number.isNaN(expiresAtMs)) throw refuse("Invalid 'expiration' value.");
  if (!Array.isArray(conditions)) throw refuse("Invalid 'conditions' value: must be a List.");
  return { expiresAtMs, conditions: conditions.flatMap(readCondition) };

  function readCondition(condition: unknown): Condition[] {
    if (!Array.isArray(condition)) {
      return Object.entries(Object(condition)).map(([name, value]) => ["eq", name, String(value)]);
    }
    const [operator, name, value] = condition.map(String);
    if (!isOperator(operator) || name === undefined || value === undefined) {
      throw refuse(`Invalid Condition: ${JSON.stringify(condition)}.`);
    }
    return [[operator, name, value]];
  }
}

const isOperator = (text: string | undefined): text is Condition[0] =>
  text === "eq" || text === "starts-with" || text === "content-length-range";

const failedCondition = (condition: Condition) =>
  accessDenied(
    `Invalid according to Policy: Policy Condition failed: [${condition.map((part) => JSON.stringify(part)).join(", ")}]`,
  );

function requireSize(bytes: number, [least, most]: [number, number]): void {
  if (bytes > most) throw tooLarge(bytes, most);
  if (bytes < least) {
    throw new S3Refusal(
      400,
      "EntityTooSmall",
      "Your proposed upload is smaller than the minimum allowed size",
      { ProposedSize: bytes, MinSizeAllowed: least },
    );
  }
}

export const tooLarge = (bytes: number, most: number) =>
  new S3Refusal(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", {
    ProposedSize: bytes,
    MaxSizeAllowed: most,
  });

/** Returns the checksum of the bytes. */
function requireChecksum(fields: ReadonlyMap<string, string>, file: Buffer): string {
  const algorithm = fields.get("x-amz-checksum-algorithm");
  if (algorithm !== undefined && algorithm !== "SHA256") {
    throw new S3Refusal(501, "NotImplemented", `The checksum ${algorithm} is not served here.`);
  }
  const computed = createHash("sha256").update(file).digest("base64");
  const given = fields.get("x-amz-checksum-sha256");
  if (given === undefined) return computed;
  if (!/^[A-Za-z\d+/]{43}=$/.test(given)) {
    throw new S3Refusal(
      400,
      "InvalidRequest",
      "Value for x-amz-checksum-sha256 header is invalid.",
    );
  }
  if (given !== computed) {
    throw new S3Refusal(
      400,
      "BadDigest",
      "The SHA256 you specified did not match the calculated checksum.",
    );
  }
  return computed;
}
