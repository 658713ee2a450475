import * as v from "valibot";
import { expect, it } from "vitest";
import { definitionSha256 } from "#lib/tools/gate/digest.ts";
import { defineTool } from "#lib/tools/tool.ts";
import { toToolSpecification } from "./chat-model.ts";

it("a tool's specification has the three schema keys that every model accepts", () => {
  const { toolSpec } = toToolSpecification(
    defineTool({
      name: "echo",
      description: "Repeats its input.",
      input: v.object({ a: v.pipe(v.string(), v.maxLength(3, "is too long")) }),
      effect: "none",
      run: ({ a }) => a,
    }),
  );
  expect(toolSpec).toEqual({
    name: "echo",
    description: "Repeats its input.",
    inputSchema: {
      json: {
        type: "object",
        properties: { a: { type: "string", maxLength: 3 } },
        required: ["a"],
      },
    },
  });
});

it("a tool with a schema of its own is described by it, and a decision about it is bound to it", () => {
  const inputJsonSchema = { type: "object", properties: { b: { type: "integer" } } };
  const tool = defineTool({
    ...{ name: "far_echo", description: "Repeats its input.", effect: "write" },
    ...{ input: v.looseObject({}), inputJsonSchema, run: () => "" },
  });
  expect(toToolSpecification(tool).toolSpec.inputSchema).toEqual({ json: inputJsonSchema });
  expect(definitionSha256(tool)).not.toBe(
    definitionSha256({ ...tool, inputJsonSchema: { type: "object" } }),
  );
});
