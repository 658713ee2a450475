import { describe, expect, it } from "vitest";
import { processorMsOf } from "#test/support/processor-time.ts";
import { modelSchema } from "./model-schema.ts";

const text = { type: "string" };
const withProperty = (property: unknown, more = {}) => ({
  ...{ type: "object", properties: { a: property }, ...more },
});
/** The simplified form of the property `a`. */
const simplified = (property: unknown, more = {}) =>
  Object(modelSchema(withProperty(property, more))?.properties).a;

it("the top of a schema has only what every model of Bedrock takes", () => {
  const schema = {
    ...{ $schema: "https://json-schema.org/draft/2020-12/schema", title: "Look" },
    ...withProperty(text, { required: ["a"], additionalProperties: false, $defs: {} }),
  };
  expect(modelSchema(schema)).toEqual({
    type: "object",
    properties: { a: text },
    required: ["a"],
  });
});

it("a schema without properties stays an object", () => {
  expect(modelSchema({ type: "object" })).toEqual({ type: "object", properties: {} });
});

it.each([
  ["a reference", { $ref: "#/$defs/place" }, { type: "string", description: "Where" }],
  [
    "a reference with a description of its own",
    { $ref: "#/$defs/place", description: "To" },
    { type: "string", description: "To" },
  ],
  ["a reference into another document", { $ref: "https://example.com/schema.json" }, {}],
  ["a reference that leads nowhere", { $ref: "#/$defs/none" }, {}],
  ["a reference with escaped signs", { $ref: "#/$defs/a~1b" }, { type: "number" }],
  ["a value or null", { anyOf: [text, { type: "null" }] }, text],
  ["a list of types with null", { type: ["integer", "null"] }, { type: "integer" }],
  ["a list of types", { type: ["integer", "string"] }, { description: "one of: integer | string" }],
  [
    "a union of values",
    { oneOf: [text, { type: "number", description: "a count" }] },
    { description: "one of: string | number: a count" },
  ],
  [
    "a union of constants",
    { anyOf: [{ const: "on" }, { const: "off" }, { const: null }] },
    { type: "string", enum: ["on", "off"] },
  ],
  [
    "a union of objects",
    {
      oneOf: [
        { type: "object", properties: { kind: { const: "b" }, b: text }, required: ["kind", "b"] },
        { type: "object", properties: { kind: { const: "c" }, c: text }, required: ["kind", "c"] },
      ],
    },
    {
      type: "object",
      description: "one of: object",
      properties: { kind: { type: "string", enum: ["b"] }, b: text, c: text },
      required: ["kind"],
    },
  ],
  [
    "parts of one object",
    { allOf: [withProperty(text), { properties: { b: text }, required: ["b"] }] },
    { type: "object", properties: { a: text, b: text }, required: ["b"] },
  ],
  [
    "a tuple",
    { type: "array", prefixItems: [text, { type: "number" }] },
    { type: "array", description: "exactly: string,number", items: {} },
  ],
  [
    "a tuple of one kind, as before 2020",
    { type: "array", items: [text, text] },
    { type: "array", description: "exactly: string,string", items: { type: "string" } },
  ],
  [
    "bounds",
    { type: "string", format: "date", minLength: 1, description: "When" },
    { type: "string", description: "When; format date; characters at least 1" },
  ],
  ["a map", { type: "object", additionalProperties: text }, { type: "object" }],
  ["a schema that allows anything", true, {}],
])("%s becomes plain", (_, property, expected) => {
  const $defs = { place: { type: "string", description: "Where" }, "a/b": { type: "number" } };
  expect(simplified(property, { $defs })).toEqual(expected);
});

describe("a schema without an end", () => {
  it.each([
    ["that contains itself", withProperty({ $ref: "#" })],
    ["that is itself", withProperty({ $ref: "#/properties/a" })],
    [
      "whose parts double",
      withProperty(
        { $ref: "#/$defs/n0" },
        {
          $defs: Object.fromEntries(
            Array.from({ length: 40 }, (__, index) => {
              const next = { $ref: `#/$defs/n${index + 1}` };
              return [`n${index}`, { type: "object", properties: { x: next, y: next } }];
            }),
          ),
        },
      ),
    ],
    [
      "whose variants double",
      withProperty(
        { $ref: "#/$defs/n0" },
        {
          $defs: Object.fromEntries(
            Array.from({ length: 40 }, (__, index) => {
              const next = { $ref: `#/$defs/n${index + 1}` };
              return [`n${index}`, { allOf: [next, next] }];
            }),
          ),
        },
      ),
    ],
    [
      "that is nested 100,000 times",
      withProperty(
        Array.from({ length: 100_000 }).reduce(
          (inner: object) => ({ type: "array", items: inner }),
          {},
        ),
      ),
    ],
  ])("%s is cut", (_, schema) => {
    let json = "";
    const ms = processorMsOf(() => {
      json = JSON.stringify(modelSchema(schema));
    });
    expect(ms).toBeLessThan(1_000);
    expect(json.length).toBeLessThanOrEqual(8 * 1024);
    expect(json).not.toContain("$ref");
  });
});

it("long words are cut, so that a schema stays below 8 KB", () => {
  const description = "word ".repeat(2_000);
  const properties = Object.fromEntries(
    Array.from({ length: 60 }, (_, index) => [`p${index}`, { type: "string", description }]),
  );
  const schema = modelSchema({ type: "object", properties });
  expect(Buffer.byteLength(JSON.stringify(schema))).toBeLessThanOrEqual(8 * 1024);
  expect(Object.keys(Object(schema?.properties))).toHaveLength(60);
});

it("half of a surrogate pair is replaced, also where a text is cut", () => {
  const properties = {
    a: { type: "string", description: `${"x".repeat(299)}😀` },
    b: { type: "string", description: "\ud800" },
    c: { enum: ["\udc00"] },
  };
  expect(JSON.stringify(modelSchema({ type: "object", properties }))).not.toMatch(/\\ud/);
});

it("an argument whose name no model can write is left out, and a tool that needs one as well", () => {
  const properties = { $filter: text, "a b": text, constructor: text, ok: text };
  expect(modelSchema({ type: "object", properties })).toEqual({
    type: "object",
    properties: { ok: text },
  });
  expect(modelSchema({ type: "object", properties, required: ["$filter"] })).toBeUndefined();
});
