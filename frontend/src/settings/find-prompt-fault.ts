import * as v from "valibot";
import { Prompt } from "#lib/contract/settings.ts";

export type PromptFault = "name" | "taken" | "text";

/** Returns what keeps a prompt from being stored beside these others, or null. The service has the same rules. */
export function findPromptFault(prompt: Prompt, others: readonly Prompt[]): PromptFault | null {
  const { issues = [] } = v.safeParse(Prompt, prompt);
  const [issue] = issues;
  if (issue !== undefined) return v.getDotPath(issue) === "name" ? "name" : "text";
  return others.some(({ name }) => name === prompt.name) ? "taken" : null;
}
