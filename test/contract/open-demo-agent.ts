import { afterAll, expect } from "vitest";
import { type AgentOptions, type AgentTurn, createAgent } from "#lib/agent/agent.ts";
import { createDemoModel } from "#local/bedrock/demo/demo-model.ts";
import { startBedrock } from "#local/bedrock/server.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { plainTools } from "#test/support/tools.ts";
import type { LeaseWithThread } from "./turn-steps.ts";

/**
 * Starts a model that speaks Bedrock's protocol, for the tests of one file. After the last test the model stops, and the
 * file fails if the agent sent the model an invalid history.
 */
export async function openDemoAgent() {
  const bedrock = await startBedrock({ model: createDemoModel() });
  afterAll(async () => {
    await bedrock.close();
    expect(bedrock.rejections).toEqual([]);
  });
  return {
    bedrock,
    /** Returns a fresh agent, as in a new Lambda environment. */
    createDemoAgent: (options: Partial<AgentOptions> = {}) =>
      createAgent({
        modelId: "demo-model",
        region: "us-east-1",
        bedrockEndpoint: bedrock.endpoint,
        telemetry: recordingTelemetry().telemetry,
        tools: plainTools,
        ...options,
      }),
  };
}

export const agentTurn = ({ turn, thread }: LeaseWithThread): AgentTurn => ({
  turnId: turn.id,
  conversationId: turn.conversationId,
  message: turn.message,
  branch: turn.branch,
  checkpointer: thread.checkpointer,
});
