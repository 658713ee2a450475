import { AIMessage, type BaseMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { summaryHeading } from "#lib/agent/graph/prompt.ts";
import { turnIdOf } from "#lib/agent/graph/thread-state.ts";
import {
  endOfOldestTurns,
  estimateTokens,
  startOfNewestTurns,
  tokensOfText,
} from "./bound-history.ts";
import { textOf } from "./message-content.ts";

/** What the model is told of turns that its thread no longer holds. */
export interface ThreadSummary {
  text: string;
  /** The newest of those turns. */
  untilTurn: string;
}

/** The turns of a full thread that a summary is to stand for. */
export interface OldestTurns {
  /** The summary of the turns before them. */
  summary: ThreadSummary | undefined;
  messages: BaseMessage[];
  untilTurn: string;
}

/** A thread is summarised before it is full, so that a failed call can be made good by the next turn. */
const fullShare = 0.8;
/** The newest turns stay as they were said. */
const verbatimShare = 0.5;

/** Undefined while the thread has room, and when nothing but its last turn fills it. */
export function oldestTurnsOf(
  messages: BaseMessage[],
  { summary, maxTokens }: { summary: ThreadSummary | undefined; maxTokens: number },
): OldestTurns | undefined {
  const tokens = estimateTokens(messages) + tokensOfText(summary?.text ?? "");
  if (tokens <= maxTokens * fullShare) return undefined;
  const older = messages.slice(0, startOfNewestTurns(messages, maxTokens * verbatimShare));
  // What one call cannot read is summarised after the next turn.
  const oldest = older.slice(0, endOfOldestTurns(older, maxTokens));
  const last = oldest.at(-1);
  const untilTurn = last && turnIdOf(last);
  return untilTurn ? { summary, messages: oldest, untilTurn } : undefined;
}

/** The summary as the model is sent it, before the thread. */
export function summaryMessages({ text }: ThreadSummary): BaseMessage[] {
  return [
    new HumanMessage(`${summaryHeading}\n\n${text}`),
    new AIMessage("I use these notes as what I remember."),
  ];
}

/** A line of JSON for each message: nothing that somebody wrote can end the data and begin an instruction. */
export function toTranscript({ summary, messages }: OldestTurns): string {
  const earlier = summary ? [{ notes: summary.text }] : [];
  return [...earlier, ...messages.flatMap(toEntries)]
    .map((entry) => JSON.stringify(entry))
    .join("\n");
}

/** Of a tool's result, which the answer has used already. */
const maxResultLength = 1_000;

function toEntries(message: BaseMessage): object[] {
  const text = textOf(message);
  if (HumanMessage.isInstance(message)) return [{ person: text }];
  if (ToolMessage.isInstance(message)) return [{ result: text.slice(0, maxResultLength) }];
  const calls = AIMessage.isInstance(message) ? (message.tool_calls ?? []) : [];
  return [
    ...(text === "" ? [] : [{ assistant: text }]),
    ...calls.map(({ name, args }) => ({ tool: name, input: args })),
  ];
}
