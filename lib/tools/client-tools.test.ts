import { describe, expect, it } from "vitest";
import { maxToolBytes } from "#lib/budget/turn-budget.ts";
import { maxClientToolBytes, readClientTools, toTools } from "./client-tools.ts";

const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const weather = { name: "get_weather", description: "Tells the weather.", parameters };
const named = (name: unknown) => ({ ...weather, name });
const withSchema = (schema: unknown) => ({ ...weather, parameters: schema });
const described = (units: number) => ({
  type: "object",
  properties: { a: { type: "string", description: "x".repeat(units) } },
});

describe("a program's tools", () => {
  it("are returned as the turn stores them", () => {
    expect(readClientTools([weather, { name: "Ping-2" }], "tools")).toEqual([
      weather,
      { name: "Ping-2", description: "", parameters: {} },
    ]);
    expect(readClientTools([], "tools")).toEqual([]);
  });

  it("may be 16", () => {
    const many = Array.from({ length: 17 }, (_, index) => named(`tool_${index}`));
    expect(readClientTools(many.slice(1), "tools")).toHaveLength(16);
    expect(() => readClientTools(many, "tools")).toThrow("tools must have at most 16 tools.");
  });

  it.each([
    ["a name of 65 letters", named("x".repeat(65)), "tools.1.name must have 1 to 64 letters"],
    ["an empty name", named(""), "tools.1.name must have"],
    ["no name", named(undefined), "tools.1.name must have"],
    ["a name with a dot", named("a.b"), "tools.1.name must have"],
    ["a name with a line break", named("a\n"), "tools.1.name must have"],
    [
      "the name of our tool",
      named("sql_query"),
      "tools.1.name is the name of a tool of this service",
    ],
    ["our name with a hyphen", named("save-note"), "tools.1.name is the name of a tool of this"],
    ["the name of an earlier tool", named("first"), "tools.1.name is the name of an earlier tool"],
    [
      "a description that is no text",
      { ...weather, description: 1 },
      "tools.1.description must be",
    ],
    ["a schema that is a text", withSchema("{}"), "tools.1.parameters must be a JSON schema"],
    ["a schema that is null", withSchema(null), "tools.1.parameters must be a JSON schema"],
    [
      "a schema of a list",
      withSchema({ type: "array" }),
      "tools.1.parameters must be a JSON schema",
    ],
    [
      "properties in a list",
      withSchema({ properties: [] }),
      "tools.1.parameters must be a JSON schema",
    ],
    [
      "a schema over 8 KB",
      withSchema(described(8_192)),
      "tools.1.parameters must have at most 8 KB",
    ],
    [
      "an argument that no model can write",
      withSchema({ type: "object", properties: { "a b": {} }, required: ["a b"] }),
      "tools.1.parameters requires an argument whose name no model can write",
    ],
  ])("are refused with %s", (_, tool, sentence) => {
    const read = () => readClientTools([named("first"), tool], "tools");
    expect(read).toThrow(sentence);
    expect(read).toThrow(expect.objectContaining({ status: 400, type: "bad_request" }));
  });

  it("have at most 24 KB together, also once their references are unfolded", () => {
    const large = Array.from({ length: 4 }, (_, index) => ({
      ...named(`tool_${index}`),
      parameters: described(7_000),
    }));
    expect(readClientTools(large.slice(1), "tools")).toHaveLength(3);
    expect(() => readClientTools(large, "tools")).toThrow("tools must have at most 24 KB in all.");
    const long = { ...weather, description: "é".repeat(12 * 1024) };
    expect(() => readClientTools([long], "tools")).toThrow("24 KB in all");
    const $defs = { part: { type: "string", description: "x".repeat(250) } };
    const names = Array.from({ length: 25 }, (_, index) => `p${index}`);
    const properties = Object.fromEntries(names.map((name) => [name, { $ref: "#/$defs/part" }]));
    const unfolding = (count: number) =>
      Array.from({ length: count }, (_, index) => ({
        ...named(`tool_${index}`),
        parameters: { type: "object", properties, $defs },
      }));
    expect(readClientTools(unfolding(3), "tools")).toHaveLength(3);
    expect(() => readClientTools(unfolding(4), "tools")).toThrow("24 KB in all");
  });

  it("leave room for this system's own tools in what a model call can cost", () => {
    const tools = Array.from({ length: 16 }, (_, index) => ({
      ...named(`tool_${index}`),
      description: "x".repeat(maxClientToolBytes / 16 - 200),
    }));
    const specifications = toTools(readClientTools(tools, "tools")).map(
      ({ name, description, inputJsonSchema }) => ({
        toolSpec: { name, description, inputSchema: { json: inputJsonSchema } },
      }),
    );
    const bytes = Buffer.byteLength(JSON.stringify(specifications));
    expect(bytes).toBeGreaterThan(20 * 1024);
    expect(bytes).toBeLessThan(maxToolBytes - 20 * 1024);
  });

  it("reach the model in the schema that every model takes, without a hyphen or a blank description", () => {
    const schema = { $schema: "x", ...parameters, additionalProperties: false };
    const [tool] = toTools([{ name: "get-weather", description: " ", parameters: schema }]);
    expect(tool).toMatchObject({
      ...{ name: "get_weather", clientName: "get-weather", description: "get-weather" },
      inputJsonSchema: parameters,
    });
  });
});
