import { describe, expect, it } from "vitest";
import { processorMsOf } from "#test/support/processor-time.ts";
import { createArgumentChecker } from "./argument-checker.ts";

const place = { type: "object", properties: { x: { type: "integer" } }, required: ["x"] };
const schema = {
  type: "object",
  properties: {
    at: { $ref: "#/$defs/place" },
    kind: { oneOf: [{ const: "a" }, { type: "number", minimum: 3 }] },
    pattern: { type: "string" },
  },
  additionalProperties: false,
  $defs: { place },
};

it.each([
  [{ at: { x: 1 }, kind: "a" }],
  [{ kind: 3 }],
  [{ pattern: "a property may have the name of a keyword" }],
  [{}],
])("%j is right", (input) => {
  expect(createArgumentChecker(schema)(input)).toBeUndefined();
});

it.each([
  [{ at: {} }, /x/],
  [{ at: { x: "1" } }, /type|integer/i],
  [{ kind: 2 }, /kind/],
  [{ other: 1 }, /other|additional/i],
  [{ pattern: 1 }, /pattern/],
])("%j is wrong", (input, fault) => {
  expect(createArgumentChecker(schema)(input)).toMatch(fault);
});

describe("what this system does not check itself, it leaves to the server:", () => {
  it.each([
    [
      "a pattern that could run for ever",
      { type: "string", pattern: "^(a+)+$" },
      "a".repeat(5_000),
    ],
    ["a format", { type: "string", format: "date" }, "soon"],
    [
      "names by a pattern",
      { patternProperties: { "^x": {} }, additionalProperties: false },
      { y: 1 },
    ],
    ["another document", { $ref: "https://example.com/schema.json" }, 1],
    ["a reference that leads nowhere", { $ref: "#/$defs/none" }, 1],
  ])("%s", (_, property, value) => {
    const check = createArgumentChecker({ type: "object", properties: { a: property } });
    expect(check({ a: value })).toBeUndefined();
  });

  it("an unknown dialect", () => {
    const check = createArgumentChecker({ $schema: "https://example.com/mine", type: "object" });
    expect(check({ a: 1 })).toBeUndefined();
  });

  it("a schema that is nested deeper than the stack", () => {
    let nested: object = { type: "string" };
    for (let depth = 0; depth < 100_000; depth += 1) nested = { allOf: [nested] };
    const check = createArgumentChecker({ type: "object", properties: { a: nested } });
    expect(check({ a: 1 })).toBeUndefined();
  });

  it.each([
    ["a reference to itself", { loop: { $ref: "#/$defs/loop" } }, { $ref: "#/$defs/loop" }],
    [
      "variants that double with each level",
      Object.fromEntries(
        Array.from({ length: 40 }, (_, index) => {
          const next = { $ref: `#/$defs/n${index + 1}` };
          return [`n${index}`, { allOf: [next, next] }];
        }),
      ),
      { $ref: "#/$defs/n0" },
    ],
  ])("%s", (_, $defs, a) => {
    const check = () =>
      createArgumentChecker({ type: "object", properties: { a }, $defs })({ a: 1 });
    expect(processorMsOf(check)).toBeLessThan(1_000);
  });

  /** Schemas that double with each of 24 levels: without a bound the check takes more than ten seconds. */
  const levels = Array.from({ length: 24 }, (_, index) => index);
  const doubling = (form: (index: number, both: object) => object, reference = "#/$defs/n") => ({
    ...Object.fromEntries(
      levels.map((index) => {
        const next = { $ref: `${reference}${index + 1}` };
        return [`n${index}`, form(index, { allOf: [next, next] })];
      }),
    ),
    n24: { $anchor: "n24", id: "#n24", type: ["object", "number"] },
  });
  const deep = levels.reduce<object>((inner) => ({ x: inner }), {});
  const toItself = { allOf: [{ $ref: "#/$defs/n" }, { $ref: "#/$defs/n" }] };
  const first = { $ref: "#/$defs/n0" };

  it.each([
    ["by a name", doubling((index, both) => ({ $anchor: `n${index}`, ...both }), "#n"), first],
    ["by an old name", doubling((index, both) => ({ id: `#n${index}`, ...both }), "#n"), first],
    [
      "by a whole address",
      doubling((_, both) => both, "https://github.com/cfworker#/$defs/n"),
      first,
    ],
    [
      "by what the library notes in a schema",
      doubling((index) => {
        const noted = `https://github.com/cfworker#/$defs/n${index + 1}`;
        const next = { $ref: "#/$defs/n24", __absolute_ref__: noted };
        return { allOf: [next, next] };
      }),
      first,
    ],
    ["by dependencies", doubling((_, both) => ({ dependencies: { x: both } })), first],
    ["by other properties", { n: { unevaluatedProperties: toItself } }, { $ref: "#/$defs/n" }],
    [
      "by a recursive reference",
      { n: { $recursiveAnchor: true, properties: { x: { allOf: [itsRoot(), itsRoot()] } } } },
      { $ref: "#/$defs/n" },
    ],
  ])("variants that double %s", (_, $defs, a) => {
    const check = () =>
      createArgumentChecker({ type: "object", properties: { a }, $defs })({ a: deep });
    expect(processorMsOf(check)).toBeLessThan(1_000);
  });
});

const itsRoot = () => ({ $recursiveRef: "#" });

it("a tree of any depth is checked", () => {
  const check = createArgumentChecker({
    type: "object",
    properties: { tree: { $ref: "#/$defs/node" } },
    $defs: {
      node: {
        type: "object",
        properties: {
          name: { type: "string" },
          children: { type: "array", items: { $ref: "#/$defs/node" } },
        },
        required: ["name"],
      },
    },
  });
  const tree = (leaf: object) => ({
    tree: { name: "a", children: [{ name: "b", children: [leaf] }] },
  });
  expect(check(tree({ name: "c" }))).toBeUndefined();
  expect(check(tree({}))).toMatch(/name/);
});
