import type { AgentEvent, CallCost } from "#lib/agent/agent-event.ts";
import type { ToolCall, TurnRemark, Usage } from "#lib/contract/chat.ts";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { storableText } from "#lib/conversations/storable-text.ts";

/** What a turn has brought so far: all that is stored of it and all that a follower is shown. */
export interface TurnProgress {
  readonly text: string;
  readonly tools: ToolCall[];
  /** The model of the last call; a fallback shows here. */
  readonly model: string | null;
  /** Sums over all model calls; null before the first has ended. */
  readonly usage: Usage | null;
  readonly remarks: readonly TurnRemark[];
  /** The oldest turn that the last call was sent; null before the first. */
  readonly historyFrom: string | null;
  /** The newest turn that the last call knew only from a summary. */
  readonly summarisedUntil: string | null;
}

export const noProgress: TurnProgress = {
  text: "",
  tools: [],
  model: null,
  usage: null,
  remarks: [],
  historyFrom: null,
  summarisedUntil: null,
};

/** Folds one event of the agent into the progress. */
export function advance(progress: TurnProgress, event: AgentEvent): TurnProgress {
  switch (event.type) {
    case "text":
      return { ...progress, text: progress.text + event.text };
    case "restart":
      return restart(progress, event.text);
    case "tool":
      return { ...progress, tools: withTool(progress, event.tool) };
    case "history":
      return {
        ...progress,
        historyFrom: event.fromTurn,
        summarisedUntil: event.summarisedUntil,
      };
    case "model_call":
      return {
        ...progress,
        model: event.model,
        usage: addUsage(progress.usage, event),
        remarks: withRemarks(progress.remarks, event),
      };
    case "broken_call":
      return { ...progress, usage: addUsage(progress.usage, event) };
    case "reasoning":
    case "thread_full":
      return progress;
  }
}

/** How the client hears of the event, once it has been folded in. */
export function toStreamEvent(event: AgentEvent, after: TurnProgress): StreamEvent | undefined {
  switch (event.type) {
    case "text":
      return { event: "delta", data: { text: event.text } };
    case "reasoning":
      return { event: "reasoning", data: { text: event.text } };
    case "tool":
      return toolEvent(event.tool, after);
    case "restart":
      return { event: "snapshot", data: { text: after.text, tools: after.tools } };
    case "history":
    case "model_call":
    case "broken_call":
    case "thread_full":
      return undefined;
  }
}

/** The text is shorter now than it was: no call stands behind its end. */
function restart(progress: TurnProgress, text: string): TurnProgress {
  const end = storableText(text).length;
  const tools = progress.tools.map((tool) => ({
    ...tool,
    text_offset: Math.min(tool.text_offset ?? 0, end),
  }));
  return { ...progress, text, tools };
}

/** A call stays where its first event found the text, counted as the text is stored. */
function withTool({ text, tools }: TurnProgress, tool: ToolCall): ToolCall[] {
  if (tools.some(({ id }) => id === tool.id)) {
    return tools.map((known) => (known.id === tool.id ? { ...known, ...tool } : known));
  }
  return [...tools, { ...tool, text_offset: storableText(text).length }];
}

function toolEvent({ id }: ToolCall, { tools }: TurnProgress): StreamEvent | undefined {
  const tool = tools.find((known) => known.id === id);
  return tool && { event: "tool", data: tool };
}

function withRemarks(
  remarks: readonly TurnRemark[],
  { isCut, isFallback }: { isCut: boolean; isFallback: boolean },
): readonly TurnRemark[] {
  const all = new Set(remarks);
  if (isCut) all.add("cut_at_length");
  if (isFallback) all.add("fallback_model");
  return [...all];
}

/** Sums one model call more. */
export function addUsage(usage: Usage | null, { tokens, costUsd }: CallCost): Usage {
  const call: Usage = {
    input_tokens: tokens?.inputTokens ?? null,
    cache_read_tokens: tokens?.cacheReadTokens ?? null,
    cache_write_tokens: tokens?.cacheWriteTokens ?? null,
    output_tokens: tokens?.outputTokens ?? null,
    cost_usd: costUsd,
  };
  if (!usage) return call;
  // One call of which something is not known makes its sum unknown.
  const sum = (key: keyof Usage) => {
    const [before, more] = [usage[key], call[key]];
    return before === null || more === null ? null : before + more;
  };
  return {
    input_tokens: sum("input_tokens"),
    cache_read_tokens: sum("cache_read_tokens"),
    cache_write_tokens: sum("cache_write_tokens"),
    output_tokens: sum("output_tokens"),
    cost_usd: sum("cost_usd"),
  };
}
