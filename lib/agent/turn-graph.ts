import {
  type BaseCheckpointSaver,
  END,
  type LangGraphRunnableConfig,
  START,
  StateGraph,
} from "@langchain/langgraph";
import type { AgentEvent } from "./agent-event.ts";
import type { CallModel } from "./call-model.ts";
import { currentTurn } from "./current-turn.ts";
import { takeModelStep } from "./model-step.ts";
import { ThreadState } from "./thread-state.ts";
import { type ToolStepParts, takeToolStep } from "./tool-step.ts";

interface TurnGraphParts extends ToolStepParts {
  callModel: CallModel;
  checkpointer: BaseCheckpointSaver;
}

/** The model answers or calls tools; their results go back to the model, until it answers. */
export function createTurnGraph({ callModel, checkpointer, ...toolParts }: TurnGraphParts) {
  return new StateGraph(ThreadState)
    .addNode("model", async ({ messages }, config) => ({
      messages: [await takeModelStep(callModel, { messages, ...reach(config) })],
    }))
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
