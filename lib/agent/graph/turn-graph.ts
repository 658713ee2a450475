import {
  type BaseCheckpointSaver,
  END,
  type LangGraphRunnableConfig,
  START,
  StateGraph,
} from "@langchain/langgraph";
import type { AgentEvent } from "#lib/agent/agent-event.ts";
import { boundHistory, tokensOfText } from "#lib/agent/history/bound-history.ts";
import type { ThreadSummary } from "#lib/agent/history/thread-summary.ts";
import type { CallModel } from "#lib/agent/model/call-model.ts";
import { currentTurn } from "./current-turn.ts";
import { takeModelStep } from "./model-step.ts";
import { createThreadState } from "./thread-state.ts";
import { type ToolStepParts, takeToolStep } from "./tool-step.ts";

interface TurnGraphParts extends ToolStepParts {
  callModel: CallModel;
  checkpointer: BaseCheckpointSaver;
  /** Of the turns before the thread. */
  summary: ThreadSummary | undefined;
  /** What the model is sent of thread and summary together. */
  maxTokens: number;
}

/** The model answers or calls tools; their results go back to the model, until it answers. */
export function createTurnGraph(parts: TurnGraphParts) {
  const { callModel, checkpointer, summary, maxTokens, ...toolParts } = parts;
  const roomLeft = maxTokens - tokensOfText(summary?.text ?? "");
  return new StateGraph(createThreadState({ maxTokens, summarisedUntil: summary?.untilTurn }))
    .addNode("model", async ({ messages: thread }, config) => {
      const messages = boundHistory(thread, roomLeft);
      return {
        messages: [await takeModelStep(callModel, { messages, summary, ...reach(config) })],
      };
    })
    .addNode("tools", async ({ messages }, config) => ({
      messages: await takeToolStep(toolParts, { messages, ...reach(config) }),
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

/** What a step has of the run around it. */
function reach({ signal, writer }: LangGraphRunnableConfig) {
  if (!signal || !writer) throw new Error("A turn runs with a signal and a custom stream.");
  return { signal, emit: (event: AgentEvent) => writer(event) };
}
