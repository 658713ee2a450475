import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";

/** Returns the text of a secret, or undefined if the secret does not exist. @throws Error with AWS's reason */
export async function readSecret(
  client: SecretsManagerClient,
  id: string,
): Promise<string | undefined> {
  try {
    return (await client.send(new GetSecretValueCommand({ SecretId: id }))).SecretString ?? "";
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw withReason(error, `The secret ${id} could not be read`);
  }
}

/** Returns false if another process created the secret meanwhile; its value stays. @throws Error with AWS's reason */
export async function createSecret(
  client: SecretsManagerClient,
  id: string,
  value: object,
): Promise<boolean> {
  try {
    await client.send(new CreateSecretCommand({ Name: id, SecretString: JSON.stringify(value) }));
    return true;
  } catch (error) {
    if (error instanceof ResourceExistsException) return false;
    throw withReason(error, `The secret ${id} could not be created`);
  }
}

/** Adds a version to an existing secret. Returns the version's id. @throws Error with AWS's reason */
export async function replaceSecret(
  client: SecretsManagerClient,
  id: string,
  value: object,
): Promise<string> {
  try {
    const SecretString = JSON.stringify(value);
    const { VersionId } = await client.send(
      new PutSecretValueCommand({ SecretId: id, SecretString }),
    );
    return VersionId ?? "unknown";
  } catch (error) {
    throw withReason(error, `The secret ${id} could not be replaced`);
  }
}

/** Adds AWS's message, which names the missing credentials, permission or region, or a pending deletion. */
function withReason(error: unknown, sentence: string): Error {
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new Error(`${sentence}. ${reason}`, { cause: error });
}
