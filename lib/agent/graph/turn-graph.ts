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
import { appendMessages, type ThreadBounds } from "#lib/agent/history/append-messages.ts";
import { boundHistory, tokensOfText } from "#lib/agent/history/bound-history.ts";
import type { ThreadSummary } from "#lib/agent/history/thread-summary.ts";
import type { CallModel } from "#lib/agent/model/call-model.ts";
import type { Purse } from "#lib/budget/purse.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import type { Tool } from "#lib/tools/tool.ts";
import { takeModelStep } from "./model-step.ts";
import { takeToolStep } from "./tool-step.ts";

interface TurnGraphParts {
  callModel: CallModel;
  checkpointer: BaseCheckpointSaver;
  /** Covers the turns before the thread. */
  summary: ThreadSummary | undefined;
  /** The size of summary and thread together in a model call, at most. */
  maxTokens: number;
  tools: readonly Tool[];
  telemetry: Telemetry;
  purse: Purse;
  emit: (event: AgentEvent) => void;
}

/** Compiles the loop of a turn: the model answers or calls tools, until it answers. */
export function createTurnGraph(parts: TurnGraphParts) {
  const { callModel, checkpointer, summary, maxTokens, tools, telemetry, purse, emit } = parts;
  const threadTokens = maxTokens - tokensOfText(summary?.text ?? "");
  return new StateGraph(createThreadState({ maxTokens, summarisedUntil: summary?.untilTurn }))
    .addNode(
      "model",
      async ({ messages }, config) => {
        const thread = boundHistory(messages, threadTokens);
        const step = { callModel, summary, purse, signal: signalOf(config), emit };
        const answer = await takeModelStep(step, thread);
        const goto = answer.tool_calls?.length ? "tools" : END;
        return new Command({ update: { messages: [answer] }, goto });
      },
      { ends: ["tools", END] },
    )
    .addNode("tools", async ({ messages }, config) => ({
      messages: await takeToolStep({ tools, telemetry, signal: signalOf(config), emit }, messages),
    }))
    .addEdge(START, "model")
    .addEdge("tools", "model")
    .compile({ checkpointer });
}

/** The state that a checkpoint stores: the thread's messages. */
const createThreadState = (bounds: ThreadBounds) =>
  Annotation.Root({
    messages: Annotation<BaseMessage[]>({
      reducer: (thread, added) => appendMessages(thread, added, bounds),
      default: () => [],
    }),
  });

function signalOf({ signal }: LangGraphRunnableConfig): AbortSignal {
  if (!signal) throw new Error("A turn runs with a signal.");
  return signal;
}
