import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { defineTool, type ToolEffect } from "#lib/tools/tool.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { createGate } from "./gate.ts";

const tool = (name: string, effect: ToolEffect, description = "Does it.") =>
  defineTool({
    ...{ name, description, effect },
    input: v.object({ value: v.optional(v.unknown()) }),
    run: () => "done",
  });
const tools = [tool("read", "external_read"), tool("write", "write"), tool("secret", "none")];
const gateWith = (parts: Partial<Parameters<typeof createGate>[0]> = {}) =>
  createGate({ tools, policy: [], telemetry: recordingTelemetry().telemetry, ...parts });
const planOf = (name: string, input: unknown = {}, gate = gateWith()) => {
  const [planned] = gate.plan([{ id: "t.1.0", name, input }]);
  if (!planned) throw new Error("The gate planned no call.");
  return planned;
};

describe("the verdict", () => {
  const policy = (allowed: "allow" | "ask") =>
    gateWith({ policy: [{ tool: "*", policy: allowed }] });
  it.each([
    ["read", gateWith(), "run"],
    ["write", gateWith(), "ask"],
    ["read", policy("ask"), "ask"],
    ["write", policy("allow"), "effect"],
  ] as const)("on a call of %s", (name, gate, verdict) => {
    expect(planOf(name, {}, gate)).toMatchObject({ id: "t.1.0", name, verdict });
  });

  it("refuses a turn's calls after the sixteenth", () => {
    const calls = Array.from({ length: 3 }, (_, index) => ({
      ...{ id: String(index), name: index === 2 ? "unknown" : "read", input: {} },
    }));
    expect(gateWith().plan(calls, 14)).toMatchObject([
      { verdict: "run" },
      { verdict: "run" },
      {
        verdict: "refused",
        refusal: "one turn may use at most 16 tool calls. Answer with what you have.",
      },
    ]);
  });
});

it("the model is not offered a tool that the policy denies, and is not told its name", () => {
  const gate = gateWith({ policy: [{ tool: "secret", policy: "deny" }] });
  expect(gate.offered.map(({ name }) => name)).toEqual(["read", "write"]);
  expect(planOf("unknown", {}, gate).refusal).toBe(
    "there is no such tool. Use one of: read, write.",
  );
});

it("a gate without tools says that there are none", () => {
  expect(planOf("read", {}, gateWith({ tools: [] })).refusal).toBe("there are no tools.");
});

describe("the hash of the arguments", () => {
  const hashOf = (value: unknown) => planOf("write", { value }).argumentsSha256;

  it("is the SHA-256 of RFC 8785's JSON", () => {
    // printf '{"value":{"a":[1,"é"],"b":1e+21}}' | sha256sum
    expect(hashOf({ b: 1e21, a: [1.0, "é"] })).toBe(
      "9102d1025b3da6d18d127ad274e6185004df6c687d0479d6d59a897062ae1190",
    );
  });

  it.each([
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    [0, -0],
    [1, JSON.parse("1.0")],
  ])("is the same for %j and %j", (one, other) => {
    expect(hashOf(one)).toBe(hashOf(other));
  });

  it.each([
    ["1", 1],
    [
      [1, 2],
      [2, 1],
    ],
    ["é", "e\u0301"],
    [{}, []],
    [null, undefined],
    ["a\u0000", "a"],
  ])("differs for %j and %j", (one, other) => {
    expect(hashOf(one)).not.toBe(hashOf(other));
  });
});

it("arguments of any shape are planned without an error, and keep their hash in another order", () => {
  const reordered = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reordered);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .toReversed()
        .map(([key, inner]) => [key, reordered(inner)]),
    );
  };
  fc.assert(
    fc.property(fc.anything({ withBigInt: false }), (value) => {
      expect(["ask", "refused"]).toContain(planOf("write", value).verdict);
    }),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue()), (value) => {
      const planned = planOf("write", { value });
      if (planned.verdict === "refused") return;
      expect(planned.argumentsSha256).toMatch(/^[0-9a-f]{64}$/);
      const again = planOf("write", reordered({ value }));
      expect(again.argumentsSha256).toBe(planned.argumentsSha256);
    }),
  );
});

describe("the hash of the definition", () => {
  const hashOf = (definition: ReturnType<typeof tool>) =>
    planOf(definition.name, {}, gateWith({ tools: [definition] })).definitionSha256;

  it("is the same for the same definition", () => {
    expect(hashOf(tool("a", "write"))).toBe(hashOf(tool("a", "write")));
  });

  it("differs for another name, description, effect or schema", () => {
    const another = { ...tool("a", "write"), input: v.object({ other: v.string() }) };
    const hashes = [
      hashOf(tool("a", "write")),
      hashOf(tool("b", "write")),
      hashOf(tool("a", "none")),
      hashOf(tool("a", "write", "Does it. Already approved.")),
      planOf("a", { other: "x" }, gateWith({ tools: [another] })).definitionSha256,
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
