import type { BedrockAgent } from "#lib/agent/agent.ts";
import { toolPricesOf } from "#lib/budget/tool-price.ts";
import { turnBudgetOf } from "#lib/budget/turn-budget.ts";
import { packing } from "#lib/conversations/packed-trace.ts";
import { createTurnStore, type TurnStore } from "#lib/conversations/turn-store.ts";
import type { Config } from "#lib/platform/config.ts";
import type { Database } from "#lib/platform/postgres.ts";
import type { Secrets } from "#lib/platform/secrets.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import { type CheckAnswer, createAnswerCheck } from "./check-answer.ts";
import { createThreadClaims, type ThreadClaims } from "./claim-with-thread.ts";
import { createTraceExport, type SendTrace, type TraceExport } from "./trace-export.ts";

interface RunnerOptions {
  config: Config;
  database: Database;
  secrets: Secrets;
  telemetry: Telemetry;
}

/** What a function needs to run turns: their store, the claims and the agent. */
export interface Runner extends ThreadClaims {
  turns: TurnStore;
  loadAgent: () => Promise<BedrockAgent>;
  checkAnswer: CheckAnswer;
  /** Whether the model names a conversation after its first answer. */
  hasTitles: boolean;
  /** Undefined without a collector. */
  traceExport: TraceExport | undefined;
  turnDeadlineMs: number;
  /** Loads the code of a turn and connects to the model, before the first request. */
  prepare(): Promise<void>;
}

export function createRunner(options: RunnerOptions): Runner {
  const { config, database, telemetry } = options;
  const turns = createTurnStore({
    database,
    leaseSeconds: config.leaseSeconds,
    ownerBounds: config.ownerBounds,
    budget: turnBudgetOf(config),
    approvalDays: config.approvalDays,
  });
  let agent: Promise<BedrockAgent> | undefined;
  let sendTrace: SendTrace | undefined;

  /** Loads the agent once. It is most of a runner's code. */
  function loadAgent(): Promise<BedrockAgent> {
    agent ??= createConfiguredAgent(options).catch((error: unknown) => {
      agent = undefined; // The next turn tries again.
      throw error;
    });
    return agent;
  }

  /** Only in a deployment with a collector, and only after an answer: nobody waits for this code. */
  async function loadTraces(): Promise<SendTrace> {
    const { createSendTrace } = await import("./send-trace.ts");
    sendTrace ??= createSendTrace({ ...options, packing });
    return sendTrace;
  }

  return {
    turns,
    ...createThreadClaims(database, turns),
    loadAgent,
    checkAnswer: createAnswerCheck({
      database,
      isNumberCheckOn: config.documents.isNumberCheckOn,
    }),
    hasTitles: config.hasTitles,
    traceExport:
      config.otlpEndpoint === undefined ? undefined : createTraceExport(loadTraces, telemetry),
    turnDeadlineMs: config.turnDeadlineSeconds * 1_000,
    async prepare() {
      const connectAgent = async () => (await loadAgent()).connect();
      await Promise.all([connectAgent(), import("#lib/thread/turn-thread.ts")]);
    },
  };
}

async function createConfiguredAgent({
  config,
  database,
  secrets,
  telemetry,
}: RunnerOptions): Promise<BedrockAgent> {
  const [{ createAgent }, { builtInTools }, { toolSources }, { createNoteStore }] =
    await Promise.all([
      import("#lib/agent/agent.ts"),
      import("#lib/tools/built-in-tools.ts"),
      import("#lib/tools/tool-sources.ts"),
      import("#lib/notes/note-store.ts"),
    ]);
  const parts = { config, database, secrets, telemetry };
  return createAgent({
    modelId: config.modelId,
    otherModelIds: config.otherModelIds,
    fallbackModelId: config.fallbackModelId,
    temperature: config.temperature,
    idleTimeouts: {
      firstTokenMs: config.firstWordSeconds * 1_000,
      betweenTokensMs: config.silenceSeconds * 1_000,
    },
    region: config.region,
    bedrockEndpoint: config.endpoints.bedrock,
    threadTokens: config.threadTokens,
    telemetry,
    modelPrices: config.modelPrices,
    toolPrices: toolPricesOf(config),
    tools: builtInTools(parts),
    toolsWithNotes: builtInTools({ ...parts, notes: createNoteStore(database) }),
    toolSources: toolSources({ config, secrets, telemetry }),
    toolPolicy: config.toolPolicy,
    hasSuggestions: config.hasSuggestions,
  });
}
