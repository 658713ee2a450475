const policies = ["allow", "ask", "deny"] as const;

/** What the model may do with a tool: call it, call it after a person approved the call, or not call it. */
export type Policy = (typeof policies)[number];

export interface PolicyRule {
  /** The name of a tool. `*` stands for any characters. */
  tool: string;
  policy: Policy;
}

const maxRules = 100;

/** Returns the rules of the setting TOOL_POLICY, or undefined if it is not a list of rules. */
export function readToolPolicy(text: string): readonly PolicyRule[] | undefined {
  try {
    const rules: unknown = JSON.parse(text);
    if (!Array.isArray(rules) || rules.length > maxRules || !rules.every(isRule)) return undefined;
    return Object.freeze(rules.map(({ tool, policy }) => Object.freeze({ tool, policy })));
  } catch {
    return undefined;
  }
}

/** A further key could be a misspelt condition, which would then not hold. */
function isRule(rule: unknown): rule is PolicyRule {
  const { tool, policy, ...rest } = Object(rule);
  return (
    typeof tool === "string" &&
    /^[\w*-]{1,64}$/.test(tool) &&
    policies.includes(policy) &&
    Object.keys(rest).length === 0
  );
}
