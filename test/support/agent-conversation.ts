import { MemorySaver } from "@langchain/langgraph-checkpoint";
import * as v from "valibot";
import { afterEach, beforeEach, expect } from "vitest";
import {
  type AgentEvent,
  type AgentOptions,
  type AgentTurn,
  createAgent,
  type RunParts,
} from "#lib/agent/agent.ts";
import { textOf } from "#lib/agent/history/message-content.ts";
import type { ModelFailure } from "#lib/agent/model/model-failure.ts";
import type { ToolCall } from "#lib/contract/chat.ts";
import { defineTool, ToolRefusal } from "#lib/tools/tool.ts";
import { createDemoModel } from "#local/bedrock/demo/demo-model.ts";
import { type BedrockServer, startBedrock } from "#local/bedrock/server.ts";
import { recordingTelemetry } from "./recording-telemetry.ts";
import { runParts } from "./run-parts.ts";
import { plainTools } from "./tools.ts";

export const primaryModelId = "us.amazon.nova-2-lite-v1:0";
export const fallbackModelId = "us.amazon.nova-lite-v1:0";
export const neverAborted = new AbortController().signal;

/**
 * Opens a new Bedrock before each test, whose responses a test scripts or leaves to the demo model. The test fails if
 * Bedrock refused a request, or if a scripted response was not used.
 */
export function openBedrockForEachTest() {
  let bedrock: BedrockServer;
  beforeEach(async () => {
    bedrock = await startBedrock({ model: createDemoModel() });
  });
  afterEach(async () => {
    await bedrock.close();
    expect(bedrock.rejections).toEqual([]);
    expect(bedrock.script.remaining).toBe(0);
  });
  return {
    get script() {
      return bedrock.script;
    },
    get calls() {
      return bedrock.calls;
    },
    /** Starts a conversation with this test's Bedrock. */
    startConversation: (options?: ConversationOptions) => startConversation(bedrock, options),
  };
}

/** A tool that fails on request. */
export const look = defineTool({
  name: "look",
  description: "Looks, or fails.",
  input: v.object({ fails: v.optional(v.boolean()) }),
  effect: "none",
  run({ fails }) {
    if (fails) throw new ToolRefusal("nothing can be seen.");
    return "seen";
  },
});

export interface ConversationOptions extends Partial<AgentOptions> {
  conversationId?: string;
  saver?: RecordingSaver;
}

interface RunOptions {
  turnId?: string;
  summary?: AgentTurn["summary"];
  branch?: AgentTurn["branch"];
  signal?: AbortSignal;
  /** What the run is given beside its turn. */
  parts?: Partial<RunParts>;
  onEvent?: (event: AgentEvent) => unknown;
}

/** Starts a conversation with an agent that never waits between attempts, and whose chance is always one half. */
function startConversation(bedrock: BedrockServer, options: ConversationOptions = {}) {
  const { conversationId = "conversation", saver = new RecordingSaver() } = options;
  const { telemetry, measured, lines } = recordingTelemetry();
  const waits: number[] = [];
  const agent = createAgent({
    modelId: primaryModelId,
    region: "us-east-1",
    bedrockEndpoint: bedrock.endpoint,
    telemetry,
    tools: plainTools,
    retry: {
      async delay(ms) {
        waits.push(ms);
      },
      random: () => 0.5,
    },
    ...options,
  });

  const turnIds: string[] = [];
  const turn = (message: string, run: RunOptions) => {
    const { turnId = `turn${turnIds.length + 1}`, signal = neverAborted, parts } = run;
    const { summary, branch } = run;
    turnIds.push(turnId);
    return {
      turnId,
      conversationId,
      message,
      summary,
      branch,
      checkpointer: saver,
      ...runParts({ ...parts, signal }),
    };
  };
  return {
    ...{ agent, turn, saver, waits, measured, lines },

    async run(message: string, runOptions: RunOptions = {}) {
      const events: AgentEvent[] = [];
      let error: ModelFailure | Error | undefined;
      try {
        for await (const event of agent.run(turn(message, runOptions))) {
          events.push(event);
          runOptions.onEvent?.(event);
        }
      } catch (thrown) {
        error = thrown instanceof Error ? thrown : new Error(String(thrown));
      }
      return { ...shownAfter(events), events, error };
    },

    /** Records the turn that ran last. */
    record: (
      message: string,
      text: string,
      recordOptions: RunOptions & { tools?: ToolCall[] } = {},
    ) => {
      const turnId = turnIds.pop() ?? "turn1";
      const { tools = [], ...run } = recordOptions;
      return agent.record({ ...turn(message, { turnId, ...run }), text, tools });
    },

    /** Returns the stored thread, one line per message. */
    async thread(): Promise<string[]> {
      const config = { configurable: { thread_id: conversationId } };
      const tuple = await MemorySaver.prototype.getTuple.call(saver, config);
      const stored = v.parse(StoredMessages, tuple?.checkpoint.channel_values.messages);
      return stored.map((message) => `${message.id} ${message.type}: ${textOf(message)}`);
    },
  };
}

const StoredMessages = v.array(v.custom<Parameters<typeof textOf>[0]>((value) => value !== null));

/** Returns what a person sees after these events. */
function shownAfter(events: AgentEvent[]) {
  let [text, reasoning] = ["", ""];
  const tools = new Map<string, Extract<AgentEvent, { type: "tool" }>["tool"]>();
  for (const event of events) {
    if (event.type === "text") text += event.text;
    if (event.type === "reasoning") reasoning += event.text;
    if (event.type === "restart") [text, reasoning] = [event.text, ""];
    if (event.type === "tool") tools.set(event.tool.id, event.tool);
  }
  return { text, reasoning, tools: [...tools.values()] };
}

/** Returns the oldest turn that each model call was sent. */
export const oldestTurnsSent = ({ events }: { events: AgentEvent[] }) =>
  events.flatMap((event) => (event.type === "history" ? [event.fromTurn] : []));

/** A saver that records its calls. */
class RecordingSaver extends MemorySaver {
  readonly accesses: string[] = [];

  override getTuple(...args: Parameters<MemorySaver["getTuple"]>) {
    this.accesses.push("getTuple");
    return super.getTuple(...args);
  }

  override put(...args: Parameters<MemorySaver["put"]>) {
    this.accesses.push("put");
    return super.put(...args);
  }

  override putWrites(...args: Parameters<MemorySaver["putWrites"]>) {
    this.accesses.push("putWrites");
    return super.putWrites(...args);
  }

  /** Removes the newest checkpoint of each thread, as if the runner that put it had died before it was stored. */
  dropNewest(): void {
    for (const { "": checkpoints = {} } of Object.values(this.storage)) {
      const newest = Object.keys(checkpoints).sort().at(-1) ?? "";
      delete checkpoints[newest];
    }
  }
}

/** Returns a tool that records its inputs. */
export function createRecordingTool(
  run: (signal: AbortSignal) => Promise<string> | string = () => "looked",
) {
  const inputs: string[] = [];
  const tool = defineTool({
    name: "watched",
    description: "Records its input.",
    input: v.object({ what: v.string() }),
    effect: "none",
    run({ what }, { signal }) {
      inputs.push(what);
      return run(signal);
    },
  });
  return { inputs, tool };
}
