import type { Telemetry } from "#lib/platform/telemetry.ts";
import type { PolicyRule } from "#lib/platform/tool-policy.ts";
import { createGate } from "#lib/tools/gate/gate.ts";
import type { Tool } from "#lib/tools/tool.ts";
import { loadTools, type ToolSource } from "#lib/tools/tool-source.ts";
import { systemPromptFor } from "./graph/prompt.ts";
import type { CallModel } from "./model/call-model.ts";

/** The tools of a turn, and how the model is told of them. */
export interface ToolSet {
  tools: readonly Tool[];
  /** The system prompt of every model call. */
  prompt: string;
  callModel: CallModel;
}

interface ToolSetOptions {
  tools: readonly Tool[];
  /** Of an owner who has turned notes on. */
  toolsWithNotes: readonly Tool[];
  sources: readonly ToolSource[];
  policy: readonly PolicyRule[];
  telemetry: Telemetry;
  callWith: (settings: { tools: readonly Tool[] }) => CallModel;
}

/**
 * Returns a function that returns the tools of a turn. Descriptions and schemas become JSON only when an array of tools is another
 * one than in the turn before.
 */
export function createToolSets({ tools, toolsWithNotes, sources, ...parts }: ToolSetOptions) {
  const setOf = rememberLast((lists) => createToolSet(lists, parts));
  const setWithNotesOf = rememberLast((lists) => createToolSet(lists, parts));

  return async ({ withNotes, resumes, signal }: TurnParts) => {
    const loaded = await loadTools(sources, signal, resumes ? longestWaitMs : usualWaitMs);
    const lists = loaded.map(({ tools }) => tools);
    return {
      set: withNotes ? setWithNotesOf([toolsWithNotes, ...lists]) : setOf([tools, ...lists]),
      isComplete: loaded.every(({ isComplete }) => isComplete),
    };
  };
}

interface TurnParts {
  withNotes: boolean;
  /** The turn continues with calls, for which a person may have decided. */
  resumes: boolean;
  signal: AbortSignal;
}

const usualWaitMs = 2_000;
/** Without its tool a call fails, although a person has approved it. */
const longestWaitMs = 10_000;

type ToolLists = readonly (readonly Tool[])[];

function createToolSet(
  lists: ToolLists,
  { policy, telemetry, callWith }: Pick<ToolSetOptions, "policy" | "telemetry" | "callWith">,
): ToolSet {
  const tools = withUniqueNames(lists.flat());
  const { offered } = createGate({ tools, policy, telemetry });
  return { tools, prompt: systemPromptFor(offered), callModel: callWith({ tools: offered }) };
}

/** Bedrock refuses two tools with one name. The first one stays: this system's own tools come first. */
function withUniqueNames(tools: readonly Tool[]): Tool[] {
  const names = new Set<string>();
  return tools.filter(({ name }) => !names.has(name) && names.add(name));
}

function rememberLast(create: (lists: ToolLists) => ToolSet) {
  let last: { lists: ToolLists; set: ToolSet } | undefined;
  return (lists: ToolLists): ToolSet => {
    const isSame = last?.lists.every((list, index) => list === lists[index]);
    if (!last || !isSame) last = { lists, set: create(lists) };
    return last.set;
  };
}
