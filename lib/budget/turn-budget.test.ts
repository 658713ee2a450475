import { describe, expect, it } from "vitest";
import { readConfig } from "#lib/platform/config.ts";
import { answerTokensOf, budgetFaults, turnBudgetOf } from "./turn-budget.ts";

const settings = (changes: Record<string, string> = {}) =>
  readConfig({
    ...{ ENVIRONMENT: "aws", AWS_REGION: "us-east-1", RATE_LIMIT_TABLE: "limits" },
    ...changes,
  });

const free = {
  BEDROCK_MODEL_ID: "demo-model",
  LOCAL_BEDROCK_ENDPOINT: "http://127.0.0.1:4000",
};

describe("turnBudgetOf", () => {
  it("covers a call with a full thread by default", () => {
    const { caps, callWorst, turnWorst } = turnBudgetOf(settings());
    expect(callWorst).toBeLessThan(caps.turn);
    expect(turnWorst).toBeGreaterThan(caps.turn);
    expect(Number.isInteger(callWorst)).toBe(true);
  });

  it("takes the dearer of both models", () => {
    const dear = { BEDROCK_FALLBACK_MODEL_ID: "us.anthropic.claude-haiku-4-5-20251001-v1:0" };
    const both = turnBudgetOf(settings({ ...dear, BUDGET_TURN_USD: "2" }));
    expect(both.callWorst).toBeGreaterThan(turnBudgetOf(settings()).callWorst);
  });

  it("has a worst case for each model that a conversation may choose", () => {
    const others = "us.amazon.nova-micro-v1:0,us.anthropic.claude-haiku-4-5-20251001-v1:0";
    const dear = { BEDROCK_MODEL_CHOICES: others, BUDGET_TURN_USD: "2" };
    const { callWorst, turnWorst, worstByModel } = turnBudgetOf(settings(dear));
    const [byDefault, micro, haiku] = Object.values(worstByModel);
    expect(Object.keys(worstByModel)).toEqual(["us.amazon.nova-2-lite-v1:0", ...others.split(",")]);
    expect(byDefault).toEqual({ call: callWorst, turn: turnWorst });
    expect(micro?.call).toBeLessThan(callWorst);
    expect(haiku?.call).toBeGreaterThan(callWorst);
    const fallback = { BEDROCK_FALLBACK_MODEL_ID: "us.anthropic.claude-haiku-4-5-20251001-v1:0" };
    const withFallback = turnBudgetOf(settings({ ...dear, ...fallback })).worstByModel;
    expect(withFallback["us.amazon.nova-micro-v1:0"]?.call).toBe(haiku?.call);
  });

  it("covers the thoughts of a model that can be told to think", () => {
    const worstWith = (modelId: string) =>
      turnBudgetOf(settings({ BEDROCK_MODEL_ID: modelId, BUDGET_TURN_USD: "4" })).callWorst;
    const thoughts = answerTokensOf("high") * 15 * 1.1;
    expect(worstWith("us.anthropic.claude-sonnet-4-6")).toBeGreaterThan(thoughts);
    expect(answerTokensOf(undefined)).toBeLessThan(answerTokensOf("low"));
  });

  it("reserves nothing for the twin's models", () => {
    const { callWorst, turnWorst } = turnBudgetOf(settings(free));
    expect([callWorst, turnWorst]).toEqual([0, 0]);
  });
});

it("a turn may make sixteen calls of its dearest tool", () => {
  const prices = { TOOL_WEB_SEARCH: "amazon", TOOL_PRICES: '{"crm_lookup":0.001}' };
  const { callWorst, turnWorst } = turnBudgetOf(settings({ ...free, ...prices }));
  expect([callWorst, turnWorst]).toEqual([0, 16 * 7_000]);
});

describe("budgetFaults", () => {
  it("names a billed tool without a price", () => {
    const faults = budgetFaults({ ...settings(), webSearch: "brave" as never });
    expect(faults).toEqual([
      "The price of web_search (brave) is unknown. Set it in TOOL_PRICES, in USD per call",
    ]);
  });

  it("names a model without a price, unless the settings price it", () => {
    const model = { BEDROCK_MODEL_ID: "us.meta.llama4-maverick-17b-instruct-v1:0" };
    expect(budgetFaults(settings(model))).toEqual([
      expect.stringMatching(/^The price of us\.meta\.llama4.* Set it in BEDROCK_PRICES/),
    ]);
    expect(() => turnBudgetOf(settings(model))).toThrow("BEDROCK_PRICES");
    const priced = {
      ...model,
      BEDROCK_PRICES: `{"${model.BEDROCK_MODEL_ID}":{"input":0.2,"output":0.9}}`,
    };
    expect(budgetFaults(settings(priced))).toEqual([]);
  });

  it("names a choice without a price, and a choice that is too dear for a turn", () => {
    const choices = (BEDROCK_MODEL_CHOICES: string) => settings({ BEDROCK_MODEL_CHOICES });
    expect(budgetFaults(choices("us.meta.llama4"))).toEqual([
      expect.stringContaining("The price of us.meta.llama4 is unknown"),
    ]);
    expect(budgetFaults(choices("us.amazon.nova-micro-v1:0,us.anthropic.claude-sonnet-5"))).toEqual(
      [
        expect.stringMatching(
          /one call of us\.anthropic\.claude-sonnet-5 with a full thread may cost/,
        ),
      ],
    );
  });

  it.each(["BUDGET_OWNER_DAY_USD", "BUDGET_SITE_DAY_USD", "BUDGET_SITE_MONTH_USD"])(
    "names %s if it cannot cover one turn",
    (name) => {
      expect(budgetFaults(settings({ [name]: "0.249999" }))).toEqual([
        `${name} is 0.249999, but each turn reserves 0.25: raise it to at least 0.25, or lower BUDGET_TURN_USD`,
      ]);
      expect(budgetFaults(settings({ [name]: "0.25" }))).toEqual([]);
      expect(budgetFaults(settings({ [name]: "0.01", BEDROCK_MODEL_ID: "demo-model" }))).toEqual(
        [],
      );
    },
  );

  it("names the least budget of a turn for a dear model", () => {
    const [fault] = budgetFaults(settings({ BEDROCK_MODEL_ID: "us.anthropic.claude-sonnet-5" }));
    expect(fault).toMatch(
      /^BUDGET_TURN_USD is 0\.25, but one call .* may cost (\d\.\d\d): raise it to at least \1, or lower/,
    );
    const least = fault?.match(/cost (\d\.\d\d)/)?.[1] ?? "";
    const enough = {
      BEDROCK_MODEL_ID: "us.anthropic.claude-sonnet-5",
      BUDGET_TURN_USD: least,
    };
    expect(budgetFaults(settings(enough))).toEqual([]);
  });
});
