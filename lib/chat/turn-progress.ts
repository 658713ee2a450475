import type { AgentEvent } from "#lib/agent/agent-event.ts";
import type { ToolCall, TurnRemark, Usage } from "#lib/contract/chat.ts";
import type { Source } from "#lib/contract/source.ts";
import type { ReceivedPassage } from "#lib/documents/citations/received-texts.ts";
import { storableText } from "#lib/platform/storable-text.ts";
import { addUsage } from "./turn-usage.ts";

/** What a running turn has produced so far. Each heartbeat stores text and tools, and the turn's end stores all of it. */
export interface TurnProgress {
  readonly text: string;
  /** How often this attempt has taken its text back, to write another. */
  readonly restarts: number;
  readonly tools: ToolCall[];
  /** What the answer may cite, in the order of their numbers. A new array whenever one is added. */
  readonly sources: Source[];
  /** What this attempt has read of documents, by the numbers of the sources. */
  readonly passages: ReadonlyMap<number, ReceivedPassage>;
  /** The model of the newest call, which may be the fallback model. */
  readonly model: string | null;
  /** The sum over all model calls and paid tool calls of this attempt. Null before the first one. */
  readonly usage: Usage | null;
  readonly remarks: readonly TurnRemark[];
  /** What the person could send next. Empty before the end of the answer. */
  readonly suggestions: readonly string[];
  /** The oldest turn that the newest call was sent. Null before the first call. */
  readonly historyFrom: string | null;
  /** The newest turn that the newest call knew only from a summary. */
  readonly summarisedUntil: string | null;
}

export const noProgress: TurnProgress = {
  text: "",
  restarts: 0,
  tools: [],
  sources: [],
  passages: new Map(),
  model: null,
  usage: null,
  remarks: [],
  suggestions: [],
  historyFrom: null,
  summarisedUntil: null,
};

const noTokens = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 };

/** Returns the progress after one more event of the agent. */
export function advance(progress: TurnProgress, event: AgentEvent): TurnProgress {
  switch (event.type) {
    case "text":
      return { ...progress, text: progress.text + event.text };
    case "restart":
      return restart(progress, event.text);
    case "tool":
      return { ...progress, tools: withTool(progress, event.tool) };
    case "source":
      return {
        ...progress,
        sources: withSource(progress.sources, event.source),
        passages: withPassage(progress.passages, event),
      };
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
        remarks: withRemarks(progress.remarks, remarksOf(event)),
      };
    case "tool_cost": {
      const cost = { tokens: noTokens, costUsd: event.costUsd };
      return { ...progress, usage: addUsage(progress.usage, cost) };
    }
    case "suggestions":
      return { ...progress, suggestions: event.suggestions };
    case "tools_missing":
      return { ...progress, remarks: withRemarks(progress.remarks, ["tools_missing"]) };
    case "broken_call":
      return { ...progress, usage: addUsage(progress.usage, event) };
    case "reasoning":
    case "thread_full":
    case "paused":
      return progress;
  }
}

/** A restart may shorten the text. A tool call's offset must not lie behind the text's end. */
function restart(progress: TurnProgress, text: string): TurnProgress {
  const end = storableText(text).length;
  const tools = progress.tools.map((tool) => ({
    ...tool,
    text_offset: Math.min(tool.text_offset ?? 0, end),
  }));
  const restarts = progress.restarts + (text === progress.text ? 0 : 1);
  return { ...progress, text, restarts, tools };
}

/** A call keeps the offset of its first event. The offset counts UTF-16 units of the text as it will be stored. */
function withTool({ text, tools }: TurnProgress, tool: ToolCall): ToolCall[] {
  if (tools.some(({ id }) => id === tool.id)) {
    return tools.map((known) => (known.id === tool.id ? merge(known, tool) : known));
  }
  return [...tools, { ...tool, text_offset: storableText(text).length }];
}

/** What a call reported while it ran is not true any more with its next state. */
function merge({ progress: _, ...known }: ToolCall, tool: ToolCall): ToolCall {
  return { ...known, ...tool };
}

/** Calls run side by side, so a source with a lower number may come later. */
const withSource = (sources: Source[], source: Source): Source[] =>
  [...sources, source].toSorted((one, other) => one.index - other.index);

const withPassage = (
  passages: TurnProgress["passages"],
  { source, passage }: Extract<AgentEvent, { type: "source" }>,
): TurnProgress["passages"] =>
  passage ? new Map([...passages, [source.index, passage]]) : passages;

const remarksOf = ({ isCut, isFallback }: { isCut: boolean; isFallback: boolean }) => [
  ...(isCut ? (["cut_at_length"] as const) : []),
  ...(isFallback ? (["fallback_model"] as const) : []),
];

const withRemarks = (
  remarks: readonly TurnRemark[],
  more: readonly TurnRemark[],
): readonly TurnRemark[] => [...new Set([...remarks, ...more])];
