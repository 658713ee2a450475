import { randomUUID } from "node:crypto";
import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { END, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import type { BaseCheckpointSaver } from "@langchain/langgraph-checkpoint";
import type { ThreadClaim } from "#lib/chat/claim-with-thread.ts";
import type { ToolCall } from "#lib/contract/chat.ts";
import type { ConversationImport } from "#lib/contract/conversation-import.ts";
import type { Source } from "#lib/contract/source.ts";
import { importConversation } from "#lib/conversations/import-conversation.ts";
import type { FollowUp, StoredEnd, TurnEnd, TurnLease } from "#lib/conversations/turn-lease.ts";
import type { AttemptCost, RunningCost } from "#lib/conversations/turn-money.ts";
import type { TurnStore } from "#lib/conversations/turn-store.ts";
import type { Database } from "#lib/platform/postgres.ts";
import type { TurnThread } from "#lib/thread/turn-thread.ts";
import type { Turns } from "./open-stores.ts";

/** A lease with its thread. `finish` stores the thread too. Without other figures the turn costs nothing. */
export type LeaseWithThread = Omit<TurnLease, "beat" | "finish"> & {
  thread: TurnThread;
  beat(
    progress: { text: string; tools: ToolCall[]; sources?: Source[]; restarts?: number },
    cost?: RunningCost,
  ): Promise<{ cancelRequested: boolean }>;
  finish(end: TurnEnd, cost?: Partial<AttemptCost & { followUp: FollowUp }>): Promise<StoredEnd>;
};

/** Returns an owner that no other test uses. */
export const newOwner = (): string => `owner-${randomUUID()}`;

/** Returns a source as the gate has numbered it. */
export const sourceOf = (index: number, quote = "It says so."): Source => ({
  ...{ index, title: `Page ${index}`, url: `https://a.example/${index}`, quote },
});

/** A beat compares arrays by identity. */
const noSources: Source[] = [];

/** An id that no row has. */
export const unknownId = "99999999-9999-4999-8999-999999999999";

export interface Accepted {
  owner: string;
  conversationId: string;
  turnId: string;
}

/** Imports turns as a conversation, and returns its id. */
export async function importTurns(
  database: Database,
  owner: string,
  turns: ConversationImport["turns"],
): Promise<string> {
  const bounds = { conversations: 1_000, storedBytes: 50_000_000 };
  const result = await importConversation({ database, bounds }, { owner, title: "Old", turns });
  if (result.outcome !== "imported") throw new Error(result.outcome);
  return result.conversationId;
}

/** Accepts messages one after the other, all in one conversation. Throws if a message is refused. */
export async function acceptAll(
  turns: Pick<TurnStore, "accept">,
  messages: string[],
  where: { owner?: string; conversationId?: string } = {},
): Promise<[Accepted, ...Accepted[]]> {
  const owner = where.owner ?? newOwner();
  let conversationId = where.conversationId;
  const all: Accepted[] = [];
  for (const message of messages) {
    const accepted = await turns.accept({ owner, conversationId, message, bodyHash: message });
    if (accepted.outcome !== "accepted") throw new Error(`The message was ${accepted.outcome}.`);
    conversationId = accepted.conversationId;
    all.push({ owner, conversationId, turnId: accepted.turnId });
  }
  return all as [Accepted, ...Accepted[]];
}

/** Claims a conversation. Throws if the claim starts no turn. */
export async function claimLease(
  turns: Pick<Turns, "claim">,
  where: { owner: string; conversationId: string },
): Promise<LeaseWithThread> {
  return leaseOf(await turns.claim({ owner: where.owner, conversationId: where.conversationId }));
}

export function leaseOf(claim: ThreadClaim): LeaseWithThread {
  if (claim.outcome !== "claimed") throw new Error(`The claim was ${claim.outcome}.`);
  const { lease, thread } = claim;
  return {
    ...lease,
    thread,
    beat: (progress, cost = { spent: 0, inFlight: 0 }) =>
      lease.beat({ sources: noSources, ...progress }, cost),
    async finish(end, cost) {
      const free = { spent: 0, isEstimated: false, usage: end.usage };
      const stored = await lease.finish(end, { ...free, ...cost }, thread.writes());
      thread.markStored();
      return stored;
    },
  };
}

export const endOf = (text: string, changes: Partial<TurnEnd> = {}): TurnEnd => ({
  status: "done",
  text,
  tools: [],
  sources: [],
  usage: null,
  model: null,
  remarks: [],
  historyFrom: null,
  summarisedUntil: null,
  error: null,
  ...changes,
});

/** Returns a real graph on the checkpointer under test. Its model returns the text of `say`. */
export function graphOn(checkpointer: BaseCheckpointSaver, say: () => Promise<string> | string) {
  return new StateGraph(MessagesAnnotation)
    .addNode("model", async () => ({ messages: [new AIMessage(await say())] }))
    .addEdge(START, "model")
    .addEdge("model", END)
    .compile({ checkpointer });
}

/** Runs the graph for a lease's turn with the agent's settings: one read, one write. */
export async function runGraph(
  lease: LeaseWithThread,
  say: () => Promise<string> | string,
  signal?: AbortSignal,
): Promise<void> {
  const { id, conversationId, message } = lease.turn;
  await graphOn(lease.thread.checkpointer, say).invoke(
    { messages: [new HumanMessage({ id, content: message })] },
    { configurable: { thread_id: conversationId }, durability: "exit", ...(signal && { signal }) },
  );
}

/** Claims the next turn, runs the graph and commits. Returns the message of the turn. */
export async function answerNext(
  turns: Turns,
  where: { owner: string; conversationId: string },
  answer: string,
): Promise<string> {
  const lease = await claimLease(turns, where);
  await runGraph(lease, () => answer);
  await lease.finish(endOf(answer));
  return lease.turn.message;
}
