import { AIMessage, type BaseMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { tokensOfText } from "#lib/platform/estimate-tokens.ts";
import { endOfOldestTurns, estimateTokens, startOfNewestTurns } from "./bound-history.ts";
import { textOf, turnIdOf } from "./message-content.ts";

/** Covers the turns that the thread no longer holds. */
export interface ThreadSummary {
  text: string;
  /** The newest turn that the summary covers. */
  untilTurn: string;
}

/** The turns of a full thread that the next summary will cover. */
export interface OldestTurns {
  /** The previous summary, which covers the turns before. */
  summary: ThreadSummary | undefined;
  messages: BaseMessage[];
  untilTurn: string;
}

/** A thread is summarised before it is full, so that the next turn can repeat a failed summary. */
const fullShare = 0.8;
/** The newest turns stay verbatim, up to this share of the thread. */
const verbatimShare = 0.5;

/** Returns undefined while the thread has room, or if its last turn alone fills it. */
export function oldestTurnsOf(
  messages: BaseMessage[],
  { summary, maxTokens }: { summary: ThreadSummary | undefined; maxTokens: number },
): OldestTurns | undefined {
  const tokens = estimateTokens(messages) + tokensOfText(summary?.text ?? "");
  if (tokens <= maxTokens * fullShare) return undefined;
  const older = messages.slice(0, startOfNewestTurns(messages, maxTokens * verbatimShare));
  // Turns that do not fit into one model call are summarised after the next turn.
  const oldest = older.slice(0, endOfOldestTurns(older, maxTokens));
  const last = oldest.at(-1);
  const untilTurn = last && turnIdOf(last);
  return untilTurn ? { summary, messages: oldest, untilTurn } : undefined;
}

/** The first line of the message that holds a summary. */
export const summaryHeading = "Notes on the earlier part of this conversation:";

/** Returns the messages that carry the summary in a model call, in front of the thread. */
export function summaryMessages({ text }: ThreadSummary): BaseMessage[] {
  return [
    new HumanMessage(`${summaryHeading}\n\n${text}`),
    new AIMessage("I use these notes as what I remember."),
  ];
}

/** Returns one line of JSON per message, so that no message can end the data and start an instruction. */
export function toTranscript({ summary, messages }: OldestTurns): string {
  const earlier = summary ? [{ notes: summary.text }] : [];
  return [...earlier, ...messages.flatMap(toEntries)]
    .map((entry) => JSON.stringify(entry))
    .join("\n");
}

/** A tool's result is shortened, because the answer has used the result already. */
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
