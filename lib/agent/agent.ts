import { type BaseMessage, HumanMessage } from "@langchain/core/messages";
import type { BaseCheckpointSaver } from "@langchain/langgraph";
import { type Price, requiredPriceOf } from "#lib/budget/price.ts";
import type { Purse } from "#lib/budget/purse.ts";
import { maxSummaryTokens, maxTitleTokens } from "#lib/budget/turn-budget.ts";
import type { ToolCall } from "#lib/contract/chat.ts";
import type { ClientTool } from "#lib/contract/client-tool.ts";
import type { Effort } from "#lib/contract/model-choice.ts";
import type { Source } from "#lib/contract/source.ts";
import type { EndedTurn } from "#lib/conversations/turn-lease.ts";
import { defaultThreadTokens } from "#lib/platform/config.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import type { PolicyRule } from "#lib/platform/tool-policy.ts";
import { storedBytes } from "#lib/tools/gate/cut-output.ts";
import { createGate } from "#lib/tools/gate/gate.ts";
import type { Tool } from "#lib/tools/tool.ts";
import type { ToolSource } from "#lib/tools/tool-source.ts";
import type { Acts } from "./acts.ts";
import type { AgentEvent, Pause } from "./agent-event.ts";
import { createEventQueue } from "./event-queue.ts";
import type { Instructions } from "./graph/instructions-prompt.ts";
import { createTurnGraph, threadOptions } from "./graph/turn-graph.ts";
import { recordedTurn } from "./history/recorded-turn.ts";
import type { OldestTurns, ThreadSummary } from "./history/thread-summary.ts";
import { createBedrockClient } from "./model/bedrock-client.ts";
import type { WrittenBesideTurn } from "./model/call-beside-turn.ts";
import { createModelCaller, type RetryTools } from "./model/call-model.ts";
import { createChatModel } from "./model/chat-model.ts";
import { defaultIdleTimeouts, type IdleTimeouts } from "./model/idle-timeout.ts";
import type { ModelRequest, ObserveRequest } from "./model/model-request.ts";
import { summarise, type WrittenSummary } from "./model/summarise.ts";
import { type FirstExchange, writeTitle } from "./model/write-title.ts";
import type { ModelToCall } from "./model-to-call.ts";
import { createToolSets } from "./tool-sets.ts";
import { untraced } from "./untraced.ts";

export type { AgentEvent, FirstExchange, ModelRequest, OldestTurns };

export interface AgentTurn {
  turnId: string;
  conversationId: string;
  message: string;
  /** Turns with which the thread begins, oldest first, if the checkpointer has none of this branch. */
  branch?: readonly EndedTurn[] | undefined;
  /** Covers the turns before the thread. */
  summary?: ThreadSummary | undefined;
  checkpointer: BaseCheckpointSaver;
}

/** What a model call needs beside its messages. */
interface CallParts {
  signal: AbortSignal;
  /** Pays for the model calls. */
  purse: Purse;
}

/** What people have chosen for a turn. */
export interface TurnSettings {
  /** Undefined, or a model that the deployment does not offer any more: the default model answers. */
  modelId?: string | undefined;
  /** Ignored for a model that cannot be told. */
  effort?: Effort | undefined;
  instructions?: Instructions | undefined;
}

/** What a run needs beside its turn. */
export interface RunParts extends CallParts {
  settings?: TurnSettings | undefined;
  owner: string;
  /** The owner lets the agent keep and read notes. */
  notesEnabled?: boolean | undefined;
  /** Tools that the program runs itself which sent the message. */
  clientTools?: readonly ClientTool[] | undefined;
  acts: Acts;
  /** Called at the end of each request to the model. */
  observe?: ObserveRequest | undefined;
  /** The thread ends with open calls of this turn: the run continues with them, and adds no message of the person. */
  resumes: boolean;
  /** The turn's calls so far, as the person sees them. */
  tools: readonly ToolCall[];
  /** The sources that the person has seen in this turn so far. */
  sources: readonly Source[];
}

export interface Agent {
  /**
   * Runs one turn until its end, or until it pauses: then `paused` is the last event. Reads the thread once, and writes the
   * thread once at the end.
   * @throws ModelFailure, BudgetExhausted, or the signal's reason; yields nothing after any of them
   */
  run(turn: AgentTurn & RunParts): AsyncIterable<AgentEvent>;
  /** Writes a stopped or failed turn into the thread, so that the model knows of it and of each effect in the next turn. */
  record(turn: AgentTurn & Pick<EndedTurn, "text" | "tools">): Promise<void>;
  /**
   * Returns a summary of a thread's oldest turns. Costs one model call.
   * @throws ModelFailure, BudgetExhausted, the signal's reason, or Error if the model's answer is not a summary
   */
  summarise(oldest: OldestTurns, parts: CallParts): Promise<WrittenSummary>;
  /**
   * Returns what the model calls the topic of a conversation. Costs one short model call.
   * @throws ModelFailure, BudgetExhausted, the signal's reason, or Error if the model wrote nothing usable
   */
  writeTitle(first: FirstExchange, parts: CallParts): Promise<WrittenBesideTurn>;
}

export interface BedrockAgent extends Agent {
  /** Opens the connection of the first model call, and looks for tools. Sends nothing to Bedrock. @throws WireError without usable credentials */
  connect(): Promise<void>;
}

export interface AgentOptions {
  modelId: string;
  /** The models that a conversation may choose, beside `modelId`. */
  otherModelIds?: readonly string[] | undefined;
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
  /** The tools of an owner who has turned notes on; by default the same. */
  toolsWithNotes?: readonly Tool[] | undefined;
  /** The model may end an answer with messages that the person could send next. */
  hasSuggestions?: boolean | undefined;
  /** Asked in each turn before its first model call. */
  toolSources?: readonly ToolSource[] | undefined;
  /** What the model may do with them; the first matching rule decides. */
  toolPolicy?: readonly PolicyRule[] | undefined;
  /** The deployment's own prices by model id. */
  modelPrices?: Record<string, Price> | undefined;
  /** What one call of a tool costs, in microdollars, by its name. */
  toolPrices?: Readonly<Record<string, number>> | undefined;
  retry?: Partial<RetryTools> | undefined;
}

export function createAgent(options: AgentOptions): BedrockAgent {
  const {
    telemetry,
    toolPolicy: policy = [],
    toolSources: sources = [],
    toolPrices: prices = {},
    hasSuggestions = false,
  } = options;
  const { threadTokens: maxTokens = defaultThreadTokens } = options;
  const { client, callWith } = createCallers(options);
  // What people choose is for their answers. The deployment's default model writes what they did not ask for.
  const ofDefault = { model: { id: options.modelId, effort: undefined }, tools: [] };
  const callSummariser = callWith({ ...ofDefault, maxTokens: maxSummaryTokens });
  const callTitler = callWith({ ...ofDefault, maxTokens: maxTitleTokens });
  const graph = createTurnGraph(maxTokens);
  const { tools, toolsWithNotes = tools } = options;
  const defaultModel: ModelToCall = { id: options.modelId, effort: undefined };
  const modelFor = ({ modelId, effort }: TurnSettings = {}): ModelToCall => {
    const isOffered = modelId !== undefined && options.otherModelIds?.includes(modelId);
    return { ...defaultModel, effort, ...(isOffered && { id: modelId }) };
  };
  const toolSetOf = createToolSets({
    ...{ tools, toolsWithNotes, sources, policy, telemetry, prices, callWith, hasSuggestions },
  });

  return {
    async connect() {
      // The first turn finds the tools in the caches of their sources. Nothing waits for them here.
      // A source that fails against its contract fails the turn, which can say so.
      const { signal } = new AbortController();
      void Promise.allSettled(sources.map((source) => source.load(signal)));
      await client.connect();
    },

    async *run({ signal, purse, owner, notesEnabled, acts, observe, resumes, settings, ...turn }) {
      const { tools: shown, sources: cited, clientTools = [] } = turn;
      const queue = createEventQueue<AgentEvent>();
      const abandoned = new AbortController();
      let pause: Pause | undefined;
      const { set, isComplete } = await toolSetOf({
        withNotes: notesEnabled === true,
        clientTools,
        resumes,
        signal,
      });
      const { tools, prompt } = set;
      if (!isComplete) queue.push({ type: "tools_missing" });
      const run = {
        ...{ prompt, hasSuggestions, acts, observe, purse, resumes, emit: queue.push },
        callModel: set.callModel(modelFor(settings)),
        instructions: settings?.instructions,
        signal: AbortSignal.any([signal, abandoned.signal]),
        ...{ owner, conversationId: turn.conversationId, turnId: turn.turnId },
        summary: turn.summary,
        gate: createGate({
          ...{ tools, isComplete, policy, telemetry },
          earlier: { ...storedBy(shown), sources: cited },
        }),
        asked: askedCalls(shown),
        onPause(why: Pause) {
          pause = why;
        },
      };
      const ending = graph
        .invoke(resumes ? continuationOf(turn) : updateWith(turn, [messageOf(turn)]), {
          ...untraced,
          ...threadOptions(turn.conversationId, turn.checkpointer),
          context: { run },
          durability: "exit",
          // The queue carries the events, so LangGraph streams nothing.
          streamMode: [],
        })
        .then(
          () => undefined,
          (error: unknown) => ({ error }),
        )
        .finally(queue.end);
      try {
        for (let events = await queue.take(); events.length > 0; events = await queue.take()) {
          for (const event of events) {
            signal.throwIfAborted();
            yield event;
          }
        }
        const failure = await ending;
        // A step that is cut off may throw an error of its own. The caller expects the signal's reason.
        signal.throwIfAborted();
        if (failure) throw failure.error;
        // Only now the saver has the thread that ends with the open calls.
        if (pause) yield { type: "paused", ...pause };
      } finally {
        abandoned.abort("The turn is over or abandoned.");
      }
    },

    async record({ text, tools, ...turn }) {
      const { turnId: id, message } = turn;
      await graph.updateState(
        { ...untraced, ...threadOptions(turn.conversationId, turn.checkpointer) },
        updateWith(turn, recordedTurn({ id, message, text, tools })),
        "model",
      );
    },

    summarise: (oldest, parts) => summarise(callSummariser, oldest, parts),

    writeTitle: (first, parts) => writeTitle(callTitler, first, parts),
  };
}

function createCallers({ fallbackModelId, ...options }: AgentOptions) {
  const { region, telemetry, retry, temperature } = options;
  const idleTimeouts = { ...defaultIdleTimeouts, ...options.idleTimeouts };
  const client = createBedrockClient({ region, endpoint: options.bedrockEndpoint });

  const callWith = ({ model: { id, effort }, ...settings }: CallSettings) => {
    const common = { client, temperature, idleTimeouts, effort, ...settings };
    const model = (modelId: string) =>
      createChatModel({ modelId, price: requiredPriceOf(modelId, options.modelPrices), ...common });
    const hasFallback = fallbackModelId !== undefined && fallbackModelId !== id;
    return createModelCaller({
      primary: model(id),
      fallback: hasFallback ? model(fallbackModelId) : undefined,
      telemetry,
      retry,
    });
  };
  return { client, callWith };
}

interface CallSettings {
  model: ModelToCall;
  tools: readonly Tool[];
  maxTokens?: number;
}

const messageOf = ({ turnId, message }: AgentTurn): BaseMessage =>
  new HumanMessage({ id: turnId, content: message });

/** Returns the update that continues a turn. Its messages are in the thread. */
const continuationOf = ({ summary }: AgentTurn) => ({
  messages: { added: [], summarisedUntil: summary?.untilTurn },
});

/** Returns the update that adds the branch, if the thread begins anew, and the running turn's messages. */
const updateWith = ({ branch = [], summary }: AgentTurn, ofTurn: BaseMessage[]) => ({
  messages: {
    added: [...branch.flatMap(recordedTurn), ...ofTurn],
    summarisedUntil: summary?.untilTurn,
  },
});

/** The calls that a person was asked about before the turn continues. */
const askedCalls = (tools: readonly ToolCall[]): ReadonlySet<string> =>
  new Set(
    tools
      .filter(({ state, approval }) => state === "waiting" || approval !== undefined)
      .map(({ id }) => id),
  );

/** What the outputs of a turn's calls take of the space that the turn has for them. */
function storedBy(tools: readonly ToolCall[]): { calls: number; bytes: number } {
  const ended = tools.filter(({ output }) => output !== undefined);
  return {
    calls: ended.length,
    bytes: ended.reduce((sum, call) => sum + storedBytes(call), 0),
  };
}
