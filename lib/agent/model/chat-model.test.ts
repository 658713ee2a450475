import * as v from "valibot";
import { expect, it } from "vitest";
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
