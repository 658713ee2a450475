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
import type { Pause } from "#lib/agent/agent-event.ts";
import { appendMessages } from "#lib/agent/history/append-messages.ts";
import { boundHistory } from "#lib/agent/history/bound-history.ts";
import { oldestTurnsOf } from "#lib/agent/history/thread-summary.ts";
import type { CallModel } from "#lib/agent/model/call-model.ts";
import type { ObserveRequest } from "#lib/agent/model/model-request.ts";
import { tokensOfText } from "#lib/platform/estimate-tokens.ts";
import { type ActStepParts, takeActStep } from "./act-step.ts";
import type { Instructions } from "./instructions-prompt.ts";
import { takeModelStep } from "./model-step.ts";
import { type ToolStepEnd, type ToolStepParts, takeToolStep } from "./tool-step.ts";

/** What one run gives to the steps of the graph. */
interface RunContext extends ToolStepParts, Pick<ActStepParts, "acts" | "asked"> {
  turnId: string;
  /** The system prompt. */
  prompt: string;
  instructions: Instructions | undefined;
  callModel: CallModel;
  hasSuggestions: boolean;
  observe?: ObserveRequest | undefined;
  /** The thread ends with open calls of this turn. */
  resumes: boolean;
  /** Called if the run ends before the turn does. */
  onPause: (pause: Pause) => void;
}

/**
 * Compiles the loop of a turn. All turns share the graph.
 *
 *     START ──▶ model ──▶ END          the answer is final
 *       │       │   ▲
 *       │       ▼   │
 *       │     tools ─────▶ END         the turn pauses, and the thread ends with open calls
 *       ▼           │
 *     acts ─────────┴────▶ END         runs the open calls of a turn that continues
 *
 * @param maxTokens the size of summary and thread together in a model call, at most
 */
export function createTurnGraph(maxTokens: number) {
  return new StateGraph(
    createThreadState(maxTokens),
    Annotation.Root({ run: Annotation<RunContext> }),
  )
    .addNode(
      "model",
      async ({ messages }, config) => {
        const { summary, ...run } = runOf(config);
        const thread = boundHistory(messages, maxTokens - tokensOfText(summary?.text ?? ""));
        const answer = await takeModelStep({ summary, ...run }, thread);
        const update = { messages: { added: [answer] } };
        if (answer.tool_calls?.length) return new Command({ update, goto: "tools" });
        const oldest = oldestTurnsOf([...messages, answer], { summary, maxTokens });
        if (oldest) run.emit({ type: "thread_full", oldest });
        return new Command({ update, goto: END });
      },
      { ends: ["tools", END] },
    )
    .addNode(
      "tools",
      async ({ messages }, config) => {
        const run = runOf(config);
        return afterTools(run, await takeToolStep(run, messages));
      },
      { ends: ["model", END] },
    )
    .addNode(
      "acts",
      async ({ messages }, config) => {
        const run = runOf(config);
        return afterTools(run, await takeActStep(run, messages));
      },
      { ends: ["model", END] },
    )
    .addConditionalEdges(
      START,
      (_, config: Config) => (config.context?.run?.resumes ? "acts" : "model"),
      ["acts", "model"],
    )
    .compile();
}

/** A pause adds nothing to the thread, so that its calls stay open. */
function afterTools({ onPause }: RunContext, end: ToolStepEnd) {
  if ("results" in end) {
    return new Command({ update: { messages: { added: end.results } }, goto: "model" });
  }
  onPause(end.pause);
  return new Command({ goto: END });
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

type Config = LangGraphRunnableConfig<{ run?: RunContext }>;

/**
 * Begins each step. The steps watch the turn's signal themselves: if LangGraph watched it, each step would make more signals.
 * @throws Error without a context; the signal's reason
 */
function runOf({ context }: Config): RunContext {
  if (!context?.run) throw new Error("The graph runs with a context.");
  context.run.signal.throwIfAborted();
  return context.run;
}
