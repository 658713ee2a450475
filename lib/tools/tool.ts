import { toJsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";

/** Something the model may use. Read-only, always: a crashed turn runs its tools again. */
export interface Tool<Input = unknown> {
  /** snake_case; a hyphen makes Amazon Nova write invalid calls. */
  readonly name: string;
  /** For the model: what the tool does and how to ask it. */
  readonly description: string;
  readonly input: v.GenericSchema<unknown, Input>;
  /**
   * Answers in words or JSON. The signal aborts when the turn ends or the tool's time is over.
   * @throws ToolRefusal when the model should hear why; any other error is shown as a reference
   */
  run(input: Input, context: { signal: AbortSignal }): string | Promise<string>;
}

/** Lets a tool be written with the type of its own schema. */
export function defineTool<Schema extends v.GenericSchema>(
  tool: Omit<Tool<v.InferOutput<Schema>>, "input"> & { input: Schema },
): Tool<v.InferOutput<Schema>> {
  return tool;
}

/** Why a tool does not answer, in words for the model. */
export class ToolRefusal extends Error {
  override readonly name = "ToolRefusal";
}

/** How Converse wants to be told of a tool. Models other than Anthropic's refuse further keys in the schema. */
export function toToolSpecification({ name, description, input }: Tool) {
  const { type, properties, required } = toJsonSchema(input, { errorMode: "ignore" });
  return { toolSpec: { name, description, inputSchema: { json: { type, properties, required } } } };
}
