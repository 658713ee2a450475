import { describe, expect, it } from "vitest";
import { readToolPolicy } from "#lib/platform/tool-policy.ts";
import { processorMsOf } from "#test/support/processor-time.ts";
import { policyOf } from "./policy.ts";

describe("without a rule", () => {
  it.each([
    ["none", "allow"],
    ["external_read", "allow"],
    ["write", "ask"],
  ] as const)("the effect %s is %s", (effect, policy) => {
    expect(policyOf({ name: "any", effect }, [])).toBe(policy);
  });
});

it("the first matching rule decides, whatever the effect", () => {
  const rules = [
    { tool: "send_webhook", policy: "allow" },
    { tool: "send_*", policy: "deny" },
    { tool: "*", policy: "ask" },
  ] as const;
  const of = (name: string) => policyOf({ name, effect: "write" }, rules);
  expect(of("send_webhook")).toBe("allow");
  expect(of("send_mail")).toBe("deny");
  expect(policyOf({ name: "calculator", effect: "none" }, rules)).toBe("ask");
});

it.each([
  ["*", "", true],
  ["*", "anything", true],
  ["send_*", "send_", true],
  ["send_*", "resend_mail", false],
  ["*_note", "save_note", true],
  ["*_note", "save_notes", false],
  ["s*e", "save_note", true],
  ["a*a", "a", false],
  ["a*b*c", "a1b2c", true],
  ["a*b*c", "acb", false],
  ["ab*ba", "aba", false],
  ["**", "x", true],
  ["save_note", "save_note", true],
  ["save_note", "Save_note", false],
  ["save.note", "save_note", false],
])("the pattern %s and the name %s: %s", (pattern, name, matches) => {
  const policy = policyOf({ name, effect: "none" }, [{ tool: pattern, policy: "deny" }]);
  expect(policy === "deny").toBe(matches);
});

it("a pattern of many wildcards decides at once", () => {
  const rules = [{ tool: `${"*a".repeat(31)}*b`, policy: "deny" }] as const;
  const tool = { name: "a".repeat(64), effect: "none" } as const;
  expect(processorMsOf(() => expect(policyOf(tool, rules)).toBe("allow"))).toBeLessThan(1_000);
});

describe("the setting TOOL_POLICY", () => {
  it("is a list of rules", () => {
    const rules = [{ tool: "send_*", policy: "ask" }];
    expect(readToolPolicy(JSON.stringify(rules))).toEqual(rules);
    expect(readToolPolicy("[]")).toEqual([]);
  });

  it.each([
    "",
    "deny",
    "{}",
    "null",
    "-1",
    '["deny"]',
    "[null]",
    '[{"tool":"x"}]',
    '[{"tool":"x","policy":"never"}]',
    '[{"tool":"x","policy":"toString"}]',
    '[{"tool":"","policy":"deny"}]',
    '[{"tool":"a b","policy":"deny"}]',
    '[{"tool":7,"policy":"deny"}]',
    '[{"tool":"x","policy":"deny","owner":"ada"}]',
    JSON.stringify(Array(101).fill({ tool: "x", policy: "deny" })),
    `[{"tool":"${"x".repeat(65)}","policy":"deny"}]`,
  ])("is refused: %.60s", (text) => {
    expect(readToolPolicy(text)).toBeUndefined();
  });
});
