import { maxToolBytes } from "#lib/budget/turn-budget.ts";
import type { ClientTool } from "#lib/contract/client-tool.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import type { PolicyRule } from "#lib/platform/tool-policy.ts";
import { createGate } from "#lib/tools/gate/gate.ts";
import type { Tool } from "#lib/tools/tool.ts";
import { loadTools, type ToolSource } from "#lib/tools/tool-source.ts";
import { systemPromptFor } from "./graph/prompt.ts";
import type { CallModel } from "./model/call-model.ts";
import { toToolSpecification } from "./model/chat-model.ts";
import type { ModelToCall } from "./model-to-call.ts";

/** The tools of a turn, with the prompt and the model calls that name them. */
export interface ToolSet {
  tools: readonly Tool[];
  /** The system prompt of every model call. */
  prompt: string;
  callModel: (model: ModelToCall) => CallModel;
}

interface ToolSetOptions {
  tools: readonly Tool[];
  /** Of an owner who has turned notes on. */
  toolsWithNotes: readonly Tool[];
  sources: readonly ToolSource[];
  policy: readonly PolicyRule[];
  telemetry: Telemetry;
  /** What one call costs in microdollars, by the tool's name. */
  prices: Readonly<Record<string, number>>;
  callWith: (settings: { tools: readonly Tool[]; model: ModelToCall }) => CallModel;
  /** The prompt lets the model end its answer with suggestions. */
  hasSuggestions: boolean;
}

/**
 * Returns a function that returns the tools of a turn. Descriptions and schemas become JSON only when an array of tools is another
 * one than in the turn before.
 */
export function createToolSets({ tools, toolsWithNotes, sources, ...parts }: ToolSetOptions) {
  const setOf = rememberLast((lists) => createToolSet(lists, parts));
  const setWithNotesOf = rememberLast((lists) => createToolSet(lists, parts));

  return async ({ withNotes, clientTools, resumes, signal }: TurnParts) => {
    const loaded = await loadTools(sources, signal, resumes ? longestWaitMs : usualWaitMs);
    const lists = loaded.map(({ tools }) => tools);
    const own = withNotes ? toolsWithNotes : tools;
    const usual = withNotes ? setWithNotesOf : setOf;
    return {
      set:
        clientTools.length > 0
          ? // They have room before the tools of servers.
            createToolSet([own, await loadClientTools(clientTools), ...lists], parts)
          : usual([own, ...lists]),
      isComplete: loaded.every(({ isComplete }) => isComplete),
    };
  };
}

/** Few turns have such tools, so their code loads with the first. */
async function loadClientTools(declared: readonly ClientTool[]): Promise<Tool[]> {
  const { toTools } = await import("#lib/tools/client-tools.ts");
  return toTools(declared);
}

interface TurnParts {
  withNotes: boolean;
  clientTools: readonly ClientTool[];
  /** The turn continues with calls, for which a person may have decided. */
  resumes: boolean;
  signal: AbortSignal;
}

const usualWaitMs = 2_000;
/** Without its tool a call fails, although a person has approved it. */
const longestWaitMs = 10_000;

type ToolLists = readonly (readonly Tool[])[];

type SetParts = Pick<
  ToolSetOptions,
  "policy" | "telemetry" | "prices" | "callWith" | "hasSuggestions"
>;

function createToolSet(
  lists: ToolLists,
  { policy, telemetry, prices, callWith, hasSuggestions }: SetParts,
): ToolSet {
  const priced = withUniqueNames(lists.flat()).map((tool) => withPrice(tool, prices));
  const tools = withinSize(priced, telemetry);
  const { offered } = createGate({ tools, policy, telemetry });
  const calls = new Map<string, CallModel>();
  return {
    tools,
    prompt: systemPromptFor(offered, hasSuggestions),
    callModel(model) {
      const key = `${model.id} ${model.effort}`;
      const callModel = calls.get(key) ?? callWith({ tools: offered, model });
      calls.set(key, callModel);
      return callModel;
    },
  };
}

const withPrice = (tool: Tool, prices: SetParts["prices"]): Tool =>
  Object.hasOwn(prices, tool.name) ? { ...tool, costMicrodollars: prices[tool.name] } : tool;

/** Every model call pays for all descriptions and schemas. Those of tool servers may be of any length. */
function withinSize(tools: readonly Tool[], telemetry: Telemetry): readonly Tool[] {
  let room = maxToolBytes;
  const kept = tools.filter((tool) => {
    const bytes = Buffer.byteLength(JSON.stringify(toToolSpecification(tool)));
    const fits = bytes <= room;
    if (fits) room -= bytes;
    return fits;
  });
  if (kept.length < tools.length) {
    telemetry.warn("tools.too_large", { kept: kept.length, left_out: tools.length - kept.length });
  }
  return kept;
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
