import type { BaseMessage } from "@langchain/core/messages";
import type { AgentEvent } from "#lib/agent/agent-event.ts";
import type { ThreadSummary } from "#lib/agent/history/thread-summary.ts";

/** What a step of a turn works with. */
export interface Step {
  /** The thread, bounded, with the turn's own messages at its end. */
  messages: BaseMessage[];
  /** Of the turns before the thread. */
  summary?: ThreadSummary | undefined;
  /** Aborts when the turn has to end. */
  signal: AbortSignal;
  emit: (event: AgentEvent) => void;
}
