import type * as v from "valibot";

/** Something that the model may use. A tool must only read, because a crashed turn runs its tools again. */
export interface Tool<Input = unknown> {
  /** In snake_case: Amazon Nova writes invalid calls for a name with a hyphen. */
  readonly name: string;
  /** For the model: what the tool does and how to call it. */
  readonly description: string;
  readonly input: v.GenericSchema<unknown, Input>;
  /**
   * Returns text or JSON for the model. The signal aborts when the turn ends or the tool's time is up.
   * @throws ToolRefusal with a reason that the model reads; the model sees any other error as a reference only
   */
  run(input: Input, context: { signal: AbortSignal }): string | Promise<string>;
}

/** Types the `run` of a tool by the tool's own schema. */
export function defineTool<Schema extends v.GenericSchema>(
  tool: Omit<Tool<v.InferOutput<Schema>>, "input"> & { input: Schema },
): Tool<v.InferOutput<Schema>> {
  return tool;
}

/** The tool cannot return a result. The model reads the message. */
export class ToolRefusal extends Error {
  override readonly name = "ToolRefusal";
}
