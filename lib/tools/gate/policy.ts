import { matchesPattern } from "#lib/platform/name-pattern.ts";
import type { Policy, PolicyRule } from "#lib/platform/tool-policy.ts";
import type { Tool, ToolEffect } from "#lib/tools/tool.ts";

/** A tool without a matching rule may read, and asks a person before a change. */
const defaults: Record<ToolEffect, Policy> = {
  none: "allow",
  external_read: "allow",
  write: "ask",
};

/**
 * Returns what the deployment lets the model do with a tool. The first matching rule decides. The rules are about what this system
 * does: a tool that a program runs itself always waits for the program.
 */
export function policyOf(
  { name, effect, clientName }: Pick<Tool, "name" | "effect" | "clientName">,
  rules: readonly PolicyRule[],
): Policy {
  if (clientName !== undefined) return "ask";
  return ruleOf(name, rules)?.policy ?? defaults[effect];
}

/** Returns the deployment's own rule for a tool. */
export function ruleOf(name: string, rules: readonly PolicyRule[]): PolicyRule | undefined {
  return rules.find(({ tool }) => matchesPattern(tool, name));
}
