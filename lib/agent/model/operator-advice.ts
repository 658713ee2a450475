import type { ModelFault } from "./model-fault.ts";

/** What whoever runs the system has to do about a fault that no repetition mends; for the log. */
export function operatorAdvice({ kind, name, status }: ModelFault): string {
  if (kind === "refused") {
    return "The model calls the request invalid: see the error. If every turn ends so, the model does not take a setting (BEDROCK_TEMPERATURE) or tools in a stream: set another modelId.";
  }
  const known = advice[name.toLowerCase()];
  if (known !== undefined) return known;
  return status === 404 ? missingModel : missingAccess;
}

const missingModel =
  "The model is retired, or not offered in this region: set modelId to an inference profile that is active there.";
const missingAccess =
  "Bedrock denies access: look whether the account has access to the model in every region of its profile (AWS Marketplace, Anthropic's use case form), and whether the function's role may invoke it.";
const badCredentials =
  "The credentials are missing, wrong or expired: renew them, and check the machine's clock.";

const advice: Record<string, string> = {
  servicequotaexceededexception:
    "A quota of the account is used up: have it raised in Service Quotas, or set fallbackModelId.",
  resourcenotfoundexception: missingModel,
  validationexception: missingModel,
  accessdeniedexception: missingAccess,
  credentialsprovidererror: badCredentials,
  expiredtokenexception: badCredentials,
  incompletesignature: badCredentials,
  invalidsignatureexception: badCredentials,
  unrecognizedclientexception: badCredentials,
};
