import { expect } from "vitest";
import { type AgentTurn, createAgent } from "#lib/agent/agent.ts";
import { builtInTools } from "#lib/tools/built-in-tools.ts";
import { createDemoModel } from "#local/bedrock/demo/demo-model.ts";
import { startBedrock } from "#local/bedrock/server.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { type LeaseWithThread, openFixture } from "./turn-store-fixture.ts";

export type AgentFixture = Awaited<ReturnType<typeof openAgentFixture>>;

/** The stores, and the real agent before a model of Bedrock's protocol that must never be sent an invalid thread. */
export async function openAgentFixture() {
  const [fixture, bedrock] = await Promise.all([
    openFixture(),
    startBedrock({ model: createDemoModel() }),
  ]);
  return {
    ...fixture,
    bedrock,
    /** A fresh one each time, as in a new Lambda environment. */
    createDemoAgent: () =>
      createAgent({
        modelId: "demo-model",
        region: "us-east-1",
        bedrockEndpoint: bedrock.endpoint,
        telemetry: recordingTelemetry().telemetry,
        tools: builtInTools,
      }),
    async close() {
      await Promise.all([fixture.close(), bedrock.close()]);
      expect(bedrock.rejections).toEqual([]);
    },
  };
}

export const agentTurn = ({ turn, thread }: LeaseWithThread): AgentTurn => ({
  turnId: turn.id,
  conversationId: turn.conversationId,
  message: turn.message,
  replaced: turn.replaced,
  checkpointer: thread.checkpointer,
});
