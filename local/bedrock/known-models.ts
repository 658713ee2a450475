export const demoModelId = "demo-model";

/** Ids that answer when a server is not told which; on AWS they are inference profiles. */
export const knownModelIds = [
  demoModelId,
  "us.amazon.nova-2-lite-v1:0",
  "us.amazon.nova-pro-v1:0",
  "us.amazon.nova-lite-v1:0",
  "us.amazon.nova-micro-v1:0",
  "us.anthropic.claude-haiku-4-5-20251001-v1:0",
  "us.anthropic.claude-sonnet-4-6",
  "us.anthropic.claude-sonnet-5",
] as const;
