import { AIMessage, type BaseMessage, HumanMessage, RemoveMessage } from "@langchain/core/messages";
import type { BaseCheckpointSaver } from "@langchain/langgraph";
import { defaultThreadTokens } from "#lib/platform/config.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import { calculator } from "#lib/tools/calculator.ts";
import { createCurrentTime } from "#lib/tools/current-time.ts";
import type { Tool } from "#lib/tools/tool.ts";
import type { AgentEvent } from "./agent-event.ts";
import { createTurnGraph } from "./graph/turn-graph.ts";
import { untraced } from "./graph/untraced.ts";
import { isBlank } from "./history/message-content.ts";
import { type OldestTurns, oldestTurnsOf, type ThreadSummary } from "./history/thread-summary.ts";
import { createBedrockClient } from "./model/bedrock-client.ts";
import { createModelCaller, type RetryTools } from "./model/call-model.ts";
import { createChatModel } from "./model/chat-model.ts";
import { defaultPatience, type Patience } from "./model/patience.ts";
import { summarise, type WrittenSummary } from "./model/summarise.ts";

export type { AgentEvent, OldestTurns };

/** Twice of what the summary's prompt asks for: scripts other than Latin need more tokens for a word. */
const maxSummaryTokens = 2_048;

export interface AgentTurn {
  turnId: string;
  conversationId: string;
  message: string;
  /** Turns that others took the place of: what the thread holds of them goes. */
  replaced: readonly string[];
  /** Of the turns before the thread. */
  summary?: ThreadSummary | undefined;
  checkpointer: BaseCheckpointSaver;
}

export interface Agent {
  /**
   * Answers a message. The thread is read once and written once, at the end.
   * @throws ModelFailure, or the signal's reason; nothing comes after either
   */
  run(turn: AgentTurn & { signal: AbortSignal }): AsyncIterable<AgentEvent>;
  /** Writes a stopped or failed turn into the thread, so that the thread stays valid and the next message is answered. */
  record(turn: AgentTurn & { text: string }): Promise<void>;
  /**
   * Writes the summary that stands for the oldest turns from now on: one model call.
   * @throws ModelFailure, the signal's reason, or Error for an answer that is no summary
   */
  summarise(oldest: OldestTurns, signal: AbortSignal): Promise<WrittenSummary>;
}

export interface AgentOptions {
  modelId: string;
  /** Asked once when the model cannot answer. */
  fallbackModelId?: string | undefined;
  /** From 0 to 1; without it each model's own. */
  temperature?: number | undefined;
  /** How long a model may be silent before it is asked again. */
  patience?: Partial<Patience> | undefined;
  region: string;
  /** Of the twin's stand-in; in AWS the SDK knows the address. */
  bedrockEndpoint?: string | undefined;
  telemetry: Telemetry;
  /** What the model is sent of a thread at most, by our estimate. */
  threadTokens?: number | undefined;
  tools?: readonly Tool[] | undefined;
  retry?: Partial<RetryTools> | undefined;
}

export function createAgent(options: AgentOptions): Agent {
  const { modelId, fallbackModelId, region, telemetry, retry, temperature } = options;
  const patience = { ...defaultPatience, ...options.patience };
  const { threadTokens: maxTokens = defaultThreadTokens } = options;
  const { tools = [calculator, createCurrentTime(() => new Date())] } = options;
  const client = createBedrockClient({ region, endpoint: options.bedrockEndpoint });
  const callerOf = (settings: { tools: readonly Tool[]; maxTokens?: number }) => {
    const common = { region, client, temperature, patience, ...settings };
    const model = (id: string) => createChatModel({ modelId: id, ...common });
    return createModelCaller({
      primary: model(modelId),
      fallback: fallbackModelId === undefined ? undefined : model(fallbackModelId),
      telemetry,
      retry,
    });
  };
  const callModel = callerOf({ tools });
  const callSummariser = callerOf({ tools: [], maxTokens: maxSummaryTokens });
  const graphOf = ({ checkpointer, summary }: AgentTurn) =>
    createTurnGraph({ callModel, checkpointer, summary, maxTokens, tools, telemetry });

  return {
    async *run({ signal, ...turn }) {
      const { turnId, conversationId, message, replaced, summary } = turn;
      let thread: BaseMessage[] = [];
      try {
        const events = await graphOf(turn).stream(
          { messages: [...withdraw(replaced), new HumanMessage({ id: turnId, content: message })] },
          {
            ...untraced,
            configurable: { thread_id: conversationId },
            durability: "exit",
            streamMode: ["custom", "values"],
            signal,
          },
        );
        for await (const [mode, event] of events) {
          signal.throwIfAborted();
          if (mode === "values") thread = event.messages;
          else yield event;
        }
        signal.throwIfAborted();
      } catch (error) {
        // LangGraph throws an AbortError of its own; the caller knows its reason.
        signal.throwIfAborted();
        throw error;
      }
      const oldest = oldestTurnsOf(thread, { summary, maxTokens });
      if (oldest) yield { type: "thread_full", oldest };
    },

    async record({ text, ...turn }) {
      const { turnId, conversationId, message, replaced } = turn;
      const messages = [
        ...withdraw(replaced),
        new HumanMessage({ id: turnId, content: message }),
        new AIMessage({ id: `${turnId}:a`, content: isBlank(text) ? "(stopped)" : text }),
      ];
      await graphOf(turn).updateState(
        { ...untraced, configurable: { thread_id: conversationId } },
        { messages },
        "model",
      );
    },

    summarise: (oldest, signal) => summarise(callSummariser, oldest, signal),
  };
}

const withdraw = (turnIds: readonly string[]) => turnIds.map((id) => new RemoveMessage({ id }));
