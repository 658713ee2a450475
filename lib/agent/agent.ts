import { AIMessage, type BaseMessage, HumanMessage, RemoveMessage } from "@langchain/core/messages";
import type { BaseCheckpointSaver } from "@langchain/langgraph";
import { type Price, requiredPriceOf } from "#lib/budget/price.ts";
import { freePurse, type Purse } from "#lib/budget/purse.ts";
import { maxSummaryTokens } from "#lib/budget/turn-budget.ts";
import { defaultThreadTokens } from "#lib/platform/config.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import type { Tool } from "#lib/tools/tool.ts";
import type { AgentEvent } from "./agent-event.ts";
import { createTurnGraph } from "./graph/turn-graph.ts";
import { isBlank } from "./history/message-content.ts";
import { type OldestTurns, oldestTurnsOf, type ThreadSummary } from "./history/thread-summary.ts";
import { createBedrockClient } from "./model/bedrock-client.ts";
import { createModelCaller, type RetryTools } from "./model/call-model.ts";
import { createChatModel } from "./model/chat-model.ts";
import { defaultIdleTimeouts, type IdleTimeouts } from "./model/idle-timeout.ts";
import { summarise, type WrittenSummary } from "./model/summarise.ts";
import { untraced } from "./untraced.ts";

export type { AgentEvent, OldestTurns };

export interface AgentTurn {
  turnId: string;
  conversationId: string;
  message: string;
  /** Turns that a newer version has replaced. The thread drops them. */
  replaced: readonly string[];
  /** Covers the turns before the thread. */
  summary?: ThreadSummary | undefined;
  checkpointer: BaseCheckpointSaver;
}

/** What a run needs beside its turn. */
interface RunParts {
  signal: AbortSignal;
  /** Pays for the model calls. */
  purse: Purse;
}

export interface Agent {
  /**
   * Runs one turn. Reads the thread once, and writes the thread once at the end.
   * @throws ModelFailure, BudgetExhausted, or the signal's reason; yields nothing after any of them
   */
  run(turn: AgentTurn & RunParts): AsyncIterable<AgentEvent>;
  /** Writes a stopped or failed turn into the thread, so that the thread stays valid for the next turn. */
  record(turn: AgentTurn & { text: string }): Promise<void>;
  /**
   * Returns a summary of a thread's oldest turns. Costs one model call.
   * @throws ModelFailure, BudgetExhausted, the signal's reason, or Error if the model's answer is not a summary
   */
  summarise(oldest: OldestTurns, parts: RunParts): Promise<WrittenSummary>;
}

export interface BedrockAgent extends Agent {
  /** Opens the connection of the first model call. Sends nothing to Bedrock. @throws WireError without usable credentials */
  connect(): Promise<void>;
}

export interface AgentOptions {
  modelId: string;
  /** Called once if the model fails. */
  fallbackModelId?: string | undefined;
  /** From 0 to 1. The default is each model's own. */
  temperature?: number | undefined;
  idleTimeouts?: Partial<IdleTimeouts> | undefined;
  region: string;
  /** The address of the local twin's Bedrock. By default the region's Bedrock. */
  bedrockEndpoint?: string | undefined;
  telemetry: Telemetry;
  /** The estimated size of the thread that a model call is sent, at most. */
  threadTokens?: number | undefined;
  tools: readonly Tool[];
  /** The deployment's own prices by model id. */
  modelPrices?: Record<string, Price> | undefined;
  retry?: Partial<RetryTools> | undefined;
}

export function createAgent(options: AgentOptions): BedrockAgent {
  const { telemetry, tools, threadTokens: maxTokens = defaultThreadTokens } = options;
  const { client, callModel, callSummariser } = createCallers(options);
  const graphOf = ({ checkpointer, summary }: AgentTurn, purse: Purse) =>
    createTurnGraph({ callModel, checkpointer, summary, maxTokens, tools, telemetry, purse });

  return {
    connect: () => client.connect(),

    async *run({ signal, purse, ...turn }) {
      let thread: BaseMessage[] = [];
      try {
        const events = await graphOf(turn, purse).stream(
          { messages: openingMessages(turn) },
          {
            ...untraced,
            configurable: { thread_id: turn.conversationId },
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
        // LangGraph throws its own AbortError. The caller expects the signal's reason.
        signal.throwIfAborted();
        throw error;
      }
      const oldest = oldestTurnsOf(thread, { summary: turn.summary, maxTokens });
      if (oldest) yield { type: "thread_full", oldest };
    },

    async record({ text, ...turn }) {
      const content = isBlank(text) ? "(stopped)" : text;
      const answer = new AIMessage({ id: `${turn.turnId}:a`, content });
      await graphOf(turn, freePurse()).updateState(
        { ...untraced, configurable: { thread_id: turn.conversationId } },
        { messages: [...openingMessages(turn), answer] },
        "model",
      );
    },

    summarise: (oldest, parts) => summarise(callSummariser, oldest, parts),
  };
}

function createCallers({ modelId, fallbackModelId, ...options }: AgentOptions) {
  const { region, telemetry, retry, temperature } = options;
  const idleTimeouts = { ...defaultIdleTimeouts, ...options.idleTimeouts };
  const client = createBedrockClient({ region, endpoint: options.bedrockEndpoint });

  const createCaller = (settings: { tools: readonly Tool[]; maxTokens?: number }) => {
    const common = { client, temperature, idleTimeouts, ...settings };
    const model = (id: string) =>
      createChatModel({ modelId: id, price: requiredPriceOf(id, options.modelPrices), ...common });
    return createModelCaller({
      primary: model(modelId),
      fallback: fallbackModelId === undefined ? undefined : model(fallbackModelId),
      telemetry,
      retry,
    });
  };
  return {
    client,
    callModel: createCaller({ tools: options.tools }),
    callSummariser: createCaller({ tools: [], maxTokens: maxSummaryTokens }),
  };
}

/** The messages that start a turn: they remove the replaced turns and add the user's message. */
const openingMessages = ({ turnId, message, replaced }: AgentTurn): BaseMessage[] => [
  ...replaced.map((id) => new RemoveMessage({ id })),
  new HumanMessage({ id: turnId, content: message }),
];
