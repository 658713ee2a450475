import type * as v from "valibot";
import type { ToolCall } from "#lib/contract/chat.ts";
import type { NewSource } from "#lib/contract/source.ts";
import type { Table } from "#lib/contract/table.ts";
import type { ReceivedPassage } from "#lib/documents/citations/received-texts.ts";

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
  /**
   * Gives a source its number in the turn, which the text for the model must carry as `[n]`. The same address again gets the
   * same number. The person sees the source when the call is done.
   * @param passage the text that the model reads of a document: the quotations of the answer are looked up in it
   * @throws ToolRefusal if the turn has as many sources as it may have
   */
  cite(source: NewSource, passage?: ReceivedPassage): number;
  /** Shows the person one short line while the call runs. */
  report(progress: string): void;
}

/** What a tool returns: a text for the model, and perhaps a table, which only the person sees. */
export type ToolOutput = string | { text: string; table?: Table | undefined };

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
   * The name by which a program has declared the tool with its message: the program runs the call. The turn waits for the output,
   * whatever the policy says.
   */
  readonly clientName?: string | undefined;
  /** One line for the system prompt: when to use the tool. */
  readonly hint?: string | undefined;
  /** What one call costs, in microdollars; nothing by default. The turn's money must cover it before the call runs. */
  readonly costMicrodollars?: number | undefined;
  /** How long one call may take, if not the gate's 15 s. At most 60 s. */
  readonly timeoutMs?: number | undefined;
  /**
   * Whose words a result holds. `own`: only this system's. `found`: what others have written, as it stands there; a failure is a
   * sentence of this system. By default others' words, which the call may have put together.
   */
  readonly resultText?: "own" | "found" | undefined;
  /** The JSON schema for the model, if `input` cannot be turned into one. */
  readonly inputJsonSchema?: Record<string, unknown> | undefined;
  /**
   * Returns the address that a call reaches. Without a rule of the deployment, a call asks a person if the model wrote the address
   * itself after it has read what others wrote: words leave in an address.
   */
  addressOf?(input: unknown): string | undefined;
  /**
   * Returns text or JSON for the model, of which it reads the first 8 KB.
   * @throws ToolRefusal with a reason that the model reads, if the call had no effect or the reason says what is known of it. The
   * model sees any other error as a reference, and the effect of a `write` counts as unknown
   */
  run(input: Input, context: ToolContext): ToolOutput | Promise<ToolOutput>;
}

/** Types the `run` of a tool by the tool's own schema. */
export function defineTool<Schema extends v.GenericSchema>(
  tool: Omit<Tool<v.InferOutput<Schema>>, "input"> & { input: Schema },
): Tool<v.InferOutput<Schema>> {
  return tool;
}

/** The tool cannot return a result. The model reads the message, which says so if the call may have had an effect. */
export class ToolRefusal extends Error {
  override readonly name = "ToolRefusal";
}
