/** Claude models by name and version, as in `us.anthropic.claude-opus-4-7-20260101-v1:0`. */
const claude = /claude-(?<family>[a-z]+)-(?<major>\d+)(?:-(?<minor>\d{1,2}))?(?!\d)/;
const claude3 = /claude-(?:v2|instant|3-)/;

/**
 * Whether a model may be sent a temperature. Anthropic's models since Opus 4.7 refuse every sampling parameter
 * ("`temperature` is deprecated for this model."), and so will those that come after them: of Anthropic's models
 * the list names the older ones that take it. Models of others take it.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/model-card-anthropic-claude-opus-4-7.html
 */
export function takesTemperature(modelId: string): boolean {
  if (!modelId.includes("anthropic.")) return true;
  if (claude3.test(modelId)) return true;
  const { family = "", major = "", minor = "0" } = modelId.match(claude)?.groups ?? {};
  if (!["opus", "sonnet", "haiku"].includes(family)) return false;
  return Number(major) === 4 && (family !== "opus" || Number(minor) < 7);
}
