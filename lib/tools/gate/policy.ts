import type { Policy, PolicyRule } from "#lib/platform/tool-policy.ts";
import type { Tool, ToolEffect } from "#lib/tools/tool.ts";

/** A tool without a matching rule may read, and asks a person before a change. */
const defaults: Record<ToolEffect, Policy> = {
  none: "allow",
  external_read: "allow",
  write: "ask",
};

/** Returns what the deployment lets the model do with a tool. The first matching rule decides. */
export function policyOf(
  { name, effect }: Pick<Tool, "name" | "effect">,
  rules: readonly PolicyRule[],
): Policy {
  return rules.find(({ tool }) => matches(tool, name))?.policy ?? defaults[effect];
}

/** In a pattern `*` stands for any characters. A regular expression of many `*` could take for ever. */
function matches(pattern: string, name: string): boolean {
  const [first = "", ...others] = pattern.split("*");
  const last = others.pop();
  if (last === undefined) return pattern === name;
  if (!name.startsWith(first)) return false;
  let end = first.length;
  for (const part of others) {
    const start = name.indexOf(part, end);
    if (start === -1) return false;
    end = start + part.length;
  }
  return name.length - last.length >= end && name.endsWith(last);
}
