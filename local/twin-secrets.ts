import { randomBytes } from "node:crypto";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { readIfThere } from "./read-if-there.ts";

const TwinSecrets = v.object({
  /** Password of the page, unless DEMO_PASSWORD is set. */
  password: v.string(),
  /** Password of the operators' report. */
  operatorPassword: v.optional(v.string(), newPassword),
  /** Signs sessions. */
  tokenKey: v.string(),
  /** The API key of CloudFront. */
  originApiKey: v.string(),
  /** The API key of programs. */
  programApiKey: v.string(),
  /** Password of the functions' database role. */
  databasePassword: v.string(),
});
export type TwinSecrets = v.InferOutput<typeof TwinSecrets>;

/** Returns the twin's secrets. The first start creates them in a file that only its user can read. */
export async function loadTwinSecrets(dataDirectory: string): Promise<TwinSecrets> {
  const path = join(dataDirectory, "secrets.json");
  const text = readIfThere(path);
  const kept = v.safeParse(v.pipe(v.string(), v.parseJson(), TwinSecrets), text);
  const made = kept.success ? kept.output : makeSecrets();
  const written = JSON.stringify(made, null, 2);
  // A folder of an earlier version has no password for operators.
  if (written === text) return made;
  // Renaming makes the write atomic, also across a power cut.
  await writeFile(`${path}.draft`, written, { mode: 0o600, flush: true });
  await rename(`${path}.draft`, path);
  return made;
}

const random = (bytes: number) => randomBytes(bytes).toString("base64url");

function newPassword(): string {
  return random(9);
}

function makeSecrets(): TwinSecrets {
  return {
    password: newPassword(),
    operatorPassword: newPassword(),
    tokenKey: random(32),
    originApiKey: random(24),
    programApiKey: random(24),
    databasePassword: random(24),
  };
}
