import { readFile } from "node:fs/promises";
import { join } from "node:path";

export interface AwsSettings {
  /** Where credentials were found, in words; undefined without any. */
  credentials: string | undefined;
  region: string | undefined;
}

type Sections = Map<string, Record<string, string>>;

/** Any of these in a profile is a way to credentials, which the SDK then follows. */
const credentialKeys = [
  "aws_access_key_id",
  "credential_process",
  "credential_source",
  "login_session",
  "role_arn",
  "sso_session",
  "sso_start_url",
];

/** What the AWS SDK would find in the environment and in the AWS files, without asking any server. */
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

/** The sections of an AWS file; nested settings, which are indented, are not needed here. */
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
    // A file that this user may not read is none for the SDK either.
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EACCES") return "";
    throw error;
  }
}
