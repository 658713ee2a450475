import { readFile } from "node:fs/promises";
import { join } from "node:path";

export interface AwsSettings {
  /** Describes where credentials were found. Undefined if there are none. */
  credentials: string | undefined;
  region: string | undefined;
}

type Sections = Map<string, Record<string, string>>;

/** A profile with any of these keys leads the SDK to credentials. */
const credentialKeys = [
  "aws_access_key_id",
  "credential_process",
  "credential_source",
  "login_session",
  "role_arn",
  "sso_session",
  "sso_start_url",
];

/** Returns what the AWS SDK finds in the environment and in the AWS files. Sends no request. */
export async function readAwsSettings(
  environment: Record<string, string | undefined>,
): Promise<AwsSettings> {
  const folder = join(environment.HOME ?? environment.USERPROFILE ?? ".", ".aws");
  const config = await readSections(environment.AWS_CONFIG_FILE ?? join(folder, "config"));
  const secrets = await readSections(
    environment.AWS_SHARED_CREDENTIALS_FILE ?? join(folder, "credentials"),
  );
  const name = environment.AWS_PROFILE || "default";
  const profile = { ...config.get(`profile ${name}`), ...secrets.get(name) };
  const settings = name === "default" ? { ...config.get("default"), ...profile } : profile;
  return {
    credentials: findCredentials(environment, name, settings),
    region: environment.AWS_REGION || environment.AWS_DEFAULT_REGION || settings.region,
  };
}

function findCredentials(
  environment: Record<string, string | undefined>,
  name: string,
  settings: Record<string, string>,
): string | undefined {
  if (environment.AWS_BEARER_TOKEN_BEDROCK) return "a Bedrock bearer token";
  if (environment.AWS_ACCESS_KEY_ID && environment.AWS_SECRET_ACCESS_KEY) return "AWS keys";
  return credentialKeys.some((key) => settings[key]) ? `the AWS profile ${name}` : undefined;
}

/** Returns the sections of an AWS file, without nested (indented) settings. */
async function readSections(path: string): Promise<Sections> {
  const sections: Sections = new Map();
  let section: Record<string, string> = {};
  for (const line of (await readIfThere(path)).split(/\r?\n/)) {
    const [, name] = line.match(/^\[\s*(.+?)\s*\]/) ?? [];
    const [, key, value] = line.match(/^([\w-]+)\s*=\s*(.*?)\s*$/) ?? [];
    if (name !== undefined) {
      section = {};
      sections.set(name, section);
    }
    if (key !== undefined && value !== undefined) section[key] = value;
  }
  return sections;
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    // The SDK, too, ignores a file that this user may not read.
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EACCES") return "";
    throw error;
  }
}
