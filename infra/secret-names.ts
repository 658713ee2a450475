/** The name of every secret of a stage, without the prefix. */
export const secretNames = [
  "database-url-direct",
  "database-url",
  "demo-password",
  "auth-token-secret",
  "origin-api-key",
] as const;
export type SecretName = (typeof secretNames)[number];
