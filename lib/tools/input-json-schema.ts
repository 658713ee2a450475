import { toJsonSchema } from "@valibot/to-json-schema";
import type { Tool } from "./tool.ts";

/** Returns the JSON schema of a tool's input, as the model receives it and as a person has approved it. */
export function inputJsonSchemaOf(
  tool: Pick<Tool, "input" | "inputJsonSchema">,
): Record<string, unknown> {
  return tool.inputJsonSchema ?? { ...toJsonSchema(tool.input, { errorMode: "ignore" }) };
}
