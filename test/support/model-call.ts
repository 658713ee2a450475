import { HumanMessage } from "@langchain/core/messages";
import type { AgentEvent } from "#lib/agent/agent-event.ts";
import type { Authorise } from "#lib/agent/model/authorise-request.ts";
import { createBedrockClient } from "#lib/agent/model/bedrock-client.ts";
import { createModelCaller } from "#lib/agent/model/call-model.ts";
import { createChatModel } from "#lib/agent/model/chat-model.ts";
import type { IdleTimeouts } from "#lib/agent/model/idle-timeout.ts";
import type { ModelFailure } from "#lib/agent/model/model-failure.ts";
import { requiredPriceOf } from "#lib/budget/price.ts";
import type { Purse } from "#lib/budget/purse.ts";
import { calculator } from "#lib/tools/calculator/calculator.ts";
import type { ScriptedCall } from "#local/bedrock/script.ts";
import type { BedrockServer } from "#local/bedrock/server.ts";
import { endlessPurse } from "./endless-purse.ts";
import { recordingTelemetry } from "./recording-telemetry.ts";

export interface ModelCallOptions {
  purse?: Purse;
  modelId?: string;
  fallbackModelId?: string;
  endpoint?: string;
  authorise?: Authorise;
  temperature?: number;
  idleTimeouts?: IdleTimeouts;
  signal?: AbortSignal;
}

/** Makes one model call, with scripted attempts. Returns the pauses between attempts instead of waiting for them. */
export async function callModelOnce(
  bedrock: BedrockServer,
  attempts: ScriptedCall[],
  options: ModelCallOptions = {},
) {
  const { modelId = "us.amazon.nova-2-lite-v1:0", fallbackModelId, signal } = options;
  const { temperature, idleTimeouts, authorise, endpoint = bedrock.endpoint } = options;
  const { telemetry, measured, lines } = recordingTelemetry();
  const pauses: number[] = [];
  const price = requiredPriceOf("us.amazon.nova-2-lite-v1:0");
  const events: AgentEvent[] = [];
  const client = createBedrockClient({ region: "us-east-1", endpoint, authorise });
  const common = { client, tools: [calculator], temperature, idleTimeouts };
  const model = (id: string) => createChatModel({ modelId: id, price, ...common });
  const callModel = createModelCaller({
    primary: model(modelId),
    fallback: fallbackModelId === undefined ? undefined : model(fallbackModelId),
    telemetry,
    retry: { delay: async (ms) => void pauses.push(ms), random: () => 0.5 },
  });
  bedrock.script.add(...attempts);
  try {
    const answer = await callModel({
      messagesFor: () => [new HumanMessage("Hello")],
      modelId: undefined,
      textBefore: "",
      signal: signal ?? new AbortController().signal,
      emit: (event: AgentEvent) => void events.push(event),
      purse: options.purse ?? endlessPurse(),
    });
    return { answer, text: answer.text, pauses, measured, lines, events };
  } catch (thrown) {
    const error = thrown as ModelFailure;
    return { error, pauses, measured, lines, events };
  } finally {
    client.destroy();
  }
}

/** A proxy's error page. */
export const htmlPage = {
  headers: { "content-type": "text/html" },
  body: "<!doctype html><html><body><h1>503 Service Unavailable</h1></body></html>",
};
