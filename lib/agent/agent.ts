import { AIMessage, HumanMessage, RemoveMessage } from "@langchain/core/messages";
import type { BaseCheckpointSaver } from "@langchain/langgraph";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import type { AgentEvent } from "./agent-event.ts";
import { createBedrockClient } from "./bedrock-client.ts";
import { createModelCaller, type RetryTools } from "./call-model.ts";
import { createChatModel } from "./chat-model.ts";
import { isBlank } from "./message-content.ts";
import { defaultPatience, type Patience } from "./patience.ts";
import { calculator } from "./tools/calculator.ts";
import { createCurrentTime } from "./tools/current-time.ts";
import type { Tool } from "./tools/tool.ts";
import { createTurnGraph } from "./turn-graph.ts";
import { untraced } from "./untraced.ts";

export type { AgentEvent };

export interface AgentTurn {
  turnId: string;
  conversationId: string;
  message: string;
  /** Turns that others took the place of: what the thread holds of them goes. */
  replaced: readonly string[];
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
  tools?: readonly Tool[] | undefined;
  retry?: Partial<RetryTools> | undefined;
}

export function createAgent(options: AgentOptions): Agent {
  const { modelId, fallbackModelId, region, telemetry, retry, temperature } = options;
  const patience = { ...defaultPatience, ...options.patience };
  const { tools = [calculator, createCurrentTime(() => new Date())] } = options;
  const client = createBedrockClient({ region, endpoint: options.bedrockEndpoint });
  const model = (id: string) =>
    createChatModel({ modelId: id, region, client, tools, temperature, patience });
  const callModel = createModelCaller({
    primary: model(modelId),
    fallback: fallbackModelId === undefined ? undefined : model(fallbackModelId),
    telemetry,
    retry,
  });
  const graphWith = (checkpointer: BaseCheckpointSaver) =>
    createTurnGraph({ callModel, checkpointer, tools, telemetry });

  return {
    async *run({ turnId, conversationId, message, replaced, checkpointer, signal }) {
      try {
        const events = await graphWith(checkpointer).stream(
          { messages: [...withdraw(replaced), new HumanMessage({ id: turnId, content: message })] },
          {
            ...untraced,
            configurable: { thread_id: conversationId },
            durability: "exit",
            streamMode: "custom",
            signal,
          },
        );
        for await (const event of events) {
          signal.throwIfAborted();
          yield event;
        }
        signal.throwIfAborted();
      } catch (error) {
        // LangGraph throws an AbortError of its own; the caller knows its reason.
        signal.throwIfAborted();
        throw error;
      }
    },

    async record({ turnId, conversationId, message, replaced, checkpointer, text }) {
      const messages = [
        ...withdraw(replaced),
        new HumanMessage({ id: turnId, content: message }),
        new AIMessage({ id: `${turnId}:a`, content: isBlank(text) ? "(stopped)" : text }),
      ];
      await graphWith(checkpointer).updateState(
        { ...untraced, configurable: { thread_id: conversationId } },
        { messages },
        "model",
      );
    },
  };
}

const withdraw = (turnIds: readonly string[]) => turnIds.map((id) => new RemoveMessage({ id }));
