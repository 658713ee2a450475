import type { ToolSecretName } from "#infra/secret-names.ts";

interface ToolSecretValue {
  /** The variable that has the value, for a run without a terminal. */
  variable: string;
  question: string;
  /** @throws Error with one sentence that does not contain the value */
  toSecret(value: string): object;
}

/** What `setup-secrets` asks for each secret of a tool. */
export const toolSecretValues: Record<ToolSecretName, ToolSecretValue> = {
  "tavily-api-key": {
    variable: "TAVILY_API_KEY",
    question: "API key of Tavily: ",
    toSecret: apiKey,
  },
};

function apiKey(value: string): { api_key: string } {
  const key = value.trim();
  if (!/^[!-~]{8,500}$/.test(key)) {
    throw new Error("An API key has at least 8 characters, without spaces.");
  }
  return { api_key: key };
}
