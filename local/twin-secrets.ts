import { randomBytes } from "node:crypto";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { readIfThere } from "./read-if-there.ts";

const TwinSecrets = v.object({
  /** Password of the page, unless DEMO_PASSWORD is set. */
  password: v.string(),
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
  const kept = v.safeParse(v.pipe(v.string(), v.parseJson(), TwinSecrets), readIfThere(path));
  if (kept.success) return kept.output;
  const made = makeSecrets();
  // Renaming makes the write atomic, also across a power cut.
  await writeFile(`${path}.draft`, JSON.stringify(made, null, 2), { mode: 0o600, flush: true });
  await rename(`${path}.draft`, path);
  return made;
}

function makeSecrets(): TwinSecrets {
  const random = (bytes: number) => randomBytes(bytes).toString("base64url");
  return {
    password: random(9),
    tokenKey: random(32),
    originApiKey: random(24),
    programApiKey: random(24),
    databasePassword: random(24),
  };
}
