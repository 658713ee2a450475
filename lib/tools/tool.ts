import type * as v from "valibot";
import type { ToolCall } from "#lib/contract/chat.ts";

/** What a tool does to the world: nothing, it reads from outside, or it changes something. */
export type ToolEffect = NonNullable<ToolCall["effect"]>;

/** What a tool knows about its call, beside the input. */
export interface ToolContext {
  /** Aborts when the turn ends or the tool's time is up. */
  signal: AbortSignal;
  owner: string;
  conversationId: string;
  /** The id of the call's receipt, by which a receiver can tell a repetition. Only calls with an effect have one. */
  receiptId?: string | undefined;
}

/** Something that the model may use. The gate stands between the model and every tool. */
export interface Tool<Input = unknown> {
  /** In snake_case: Amazon Nova writes invalid calls for a name with a hyphen. */
  readonly name: string;
  /** For the model: what the tool does and how to call it. */
  readonly description: string;
  readonly input: v.GenericSchema<unknown, Input>;
  /** A call with the effect `write` runs at most once. Any other call runs again after a crash. */
  readonly effect: ToolEffect;
  /**
   * Returns text or JSON for the model.
   * @throws ToolRefusal with a reason that the model reads, if the call had no effect. The model sees any other error as
   * a reference, and the effect of a `write` counts as unknown
   */
  run(input: Input, context: ToolContext): string | Promise<string>;
}

/** Types the `run` of a tool by the tool's own schema. */
export function defineTool<Schema extends v.GenericSchema>(
  tool: Omit<Tool<v.InferOutput<Schema>>, "input"> & { input: Schema },
): Tool<v.InferOutput<Schema>> {
  return tool;
}

/** The tool cannot return a result, and the call had no effect. The model reads the message. */
export class ToolRefusal extends Error {
  override readonly name = "ToolRefusal";
}
