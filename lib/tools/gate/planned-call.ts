import type { ToolEffect } from "#lib/tools/tool.ts";

/** With outputs of 8 KB this keeps a turn below 130 KB, however many calls the model makes. */
export const maxToolCalls = 16;

/** A call as the model wrote it. */
export interface ModelToolCall {
  /** Ours: turn, ordinal of the model call, index. Providers repeat their ids. */
  id: string;
  name: string;
  input: unknown;
}

/** A call with what the gate decided about it. Can be stored: everything in it is JSON. */
export interface PlannedCall extends ModelToolCall {
  /** `none` for a tool that does not exist. */
  effect: ToolEffect;
  /**
   * `run`: now, and again after a crash. `effect`: once, after its receipt is claimed. `ask`: once, after a person
   * approved it and its receipt is claimed. `refused`: never.
   */
  verdict: "run" | "effect" | "ask" | "refused";
  /** The program that sent the message runs the call. `name` is the program's name of the tool. */
  client?: true;
  /** Why a call is refused, for the model. */
  refusal?: string;
  /** Hexadecimal SHA-256 of the canonical arguments and of the tool's definition. Empty in a refused call. */
  argumentsSha256: string;
  definitionSha256: string;
}
