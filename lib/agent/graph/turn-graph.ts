import type { BaseMessage } from "@langchain/core/messages";
import {
  Annotation,
  type BaseCheckpointSaver,
  Command,
  END,
  type LangGraphRunnableConfig,
  START,
  StateGraph,
} from "@langchain/langgraph";
import type { AgentEvent } from "#lib/agent/agent-event.ts";
import { appendMessages } from "#lib/agent/history/append-messages.ts";
import { boundHistory, tokensOfText } from "#lib/agent/history/bound-history.ts";
import { oldestTurnsOf, type ThreadSummary } from "#lib/agent/history/thread-summary.ts";
import type { CallModel } from "#lib/agent/model/call-model.ts";
import type { Purse } from "#lib/budget/purse.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import type { PolicyRule } from "#lib/platform/tool-policy.ts";
import type { Tool } from "#lib/tools/tool.ts";
import { takeModelStep } from "./model-step.ts";
import { takeToolStep } from "./tool-step.ts";

interface TurnGraphParts {
  callModel: CallModel;
  /** The size of summary and thread together in a model call, at most. */
  maxTokens: number;
  tools: readonly Tool[];
  toolPolicy: readonly PolicyRule[];
  telemetry: Telemetry;
}

/** What one turn gives to the steps of the graph. */
interface TurnContext {
  /** Covers the turns before the thread. */
  summary: ThreadSummary | undefined;
  purse: Purse;
  emit: (event: AgentEvent) => void;
}

/** Compiles the loop of a turn: the model answers or calls tools, until it answers. All turns share the graph. */
export function createTurnGraph({ callModel, maxTokens, telemetry, ...ofTools }: TurnGraphParts) {
  return new StateGraph(
    createThreadState(maxTokens),
    Annotation.Root({ turn: Annotation<TurnContext> }),
  )
    .addNode(
      "model",
      async ({ messages }, config) => {
        const { summary, ...run } = runOf(config);
        const thread = boundHistory(messages, maxTokens - tokensOfText(summary?.text ?? ""));
        const answer = await takeModelStep({ callModel, summary, ...run }, thread);
        const update = { messages: { added: [answer] } };
        if (answer.tool_calls?.length) return new Command({ update, goto: "tools" });
        const oldest = oldestTurnsOf([...messages, answer], { summary, maxTokens });
        if (oldest) run.emit({ type: "thread_full", oldest });
        return new Command({ update, goto: END });
      },
      { ends: ["tools", END] },
    )
    .addNode("tools", async ({ messages }, config) => {
      const { signal, emit } = runOf(config);
      const results = await takeToolStep({ ...ofTools, telemetry, signal, emit }, messages);
      return { messages: { added: results } };
    })
    .addEdge(START, "model")
    .addEdge("tools", "model")
    .compile();
}

/** Returns the part of LangGraph's options that opens a thread with a turn's own saver. */
export const threadOptions = (threadId: string, checkpointer: BaseCheckpointSaver) => ({
  // LangGraph gives a saver to a subgraph under this key. The compiled graph has none of its own.
  configurable: { thread_id: threadId, __pregel_checkpointer: checkpointer },
});

interface ThreadUpdate {
  added: BaseMessage[];
  /** The newest turn that a summary covers. The thread keeps only newer turns. */
  summarisedUntil?: string | undefined;
}

/** The state that a checkpoint stores: the thread's messages. */
const createThreadState = (maxTokens: number) =>
  Annotation.Root({
    messages: Annotation<BaseMessage[], ThreadUpdate>({
      reducer: (thread, { added, summarisedUntil }) =>
        appendMessages(thread, added, { maxTokens, summarisedUntil }),
      default: () => [],
    }),
  });

function runOf({ signal, context }: LangGraphRunnableConfig<{ turn?: TurnContext }>) {
  if (!signal || !context?.turn) throw new Error("A turn runs with a signal and a context.");
  return { signal, ...context.turn };
}
