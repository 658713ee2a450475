import type { BaseMessage } from "@langchain/core/messages";
import {
  Annotation,
  type BaseCheckpointSaver,
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
import { currentTurn } from "./current-turn.ts";
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
}

/** Compiles the loop of a turn: the model answers or calls tools, until it answers. */
export function createTurnGraph(parts: TurnGraphParts) {
  const { callModel, checkpointer, summary, maxTokens, tools, telemetry, purse } = parts;
  const threadTokens = maxTokens - tokensOfText(summary?.text ?? "");
  return new StateGraph(createThreadState({ maxTokens, summarisedUntil: summary?.untilTurn }))
    .addNode("model", async ({ messages }, config) => {
      const thread = boundHistory(messages, threadTokens);
      const step = { callModel, summary, purse, ...runOf(config) };
      return { messages: [await takeModelStep(step, thread)] };
    })
    .addNode("tools", async ({ messages }, config) => ({
      messages: await takeToolStep({ tools, telemetry, ...runOf(config) }, messages),
    }))
    .addEdge(START, "model")
    .addConditionalEdges(
      "model",
      ({ messages }) => (currentTurn(messages).openCalls.length > 0 ? "tools" : END),
      ["tools", END],
    )
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

function runOf({ signal, writer }: LangGraphRunnableConfig) {
  if (!signal || !writer) throw new Error("A turn runs with a signal and a custom stream.");
  return { signal, emit: (event: AgentEvent) => writer(event) };
}
