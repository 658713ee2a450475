// The one stand-in for Bedrock that every server calls. Its tokens come at fixed times after the start of a call.
import { setTimeout as delay } from "node:timers/promises";
import { answerTokens, calculatorInput, modelId } from "#bench/workload.ts";
import type { AnswerEvent, ModelCall } from "#local/bedrock/answer.ts";
import { toolCallEvents } from "#local/bedrock/answer.ts";
import { toolResults } from "#local/bedrock/converse-request.ts";
import { isSummaryRequest } from "#local/bedrock/demo/notes.ts";
import { startBedrock } from "#local/bedrock/server.ts";
import { answerCalls } from "./calls.ts";

let tokenMs = 0;
/** For each call since the last reset: how long its first token waited for its time. */
let waits: number[] = [];
let toolCalls = 0;

const bedrock = await startBedrock({ model: answer, modelIds: [modelId] });

answerCalls({
  endpoint: () => bedrock.endpoint,
  setTokenMs(ms: number) {
    tokenMs = ms;
    waits = [];
  },
  /** The sums of two waits each: the model's own time to the first token of a turn with one tool call. */
  firstTokenWaits: () =>
    waits.flatMap((wait, index) => (index % 2 === 0 ? [] : [wait + (waits[index - 1] ?? 0)])),
  rejections: () => bedrock.rejections,
});

async function* answer({ request }: ModelCall): AsyncGenerator<AnswerEvent> {
  const startedAt = performance.now();
  let sent = 0;
  const untilNextToken = async () => {
    sent += 1;
    if (tokenMs === 0) return;
    const dueMs = sent * tokenMs - (performance.now() - startedAt);
    if (dueMs > 0) await delay(dueMs);
    if (sent === 1) waits.push(performance.now() - startedAt);
  };
  const hasResult = toolResults(request.messages.at(-1)).length > 0;
  if (!hasResult && !isSummaryRequest(request)) {
    await untilNextToken();
    toolCalls += 1;
    yield* toolCallEvents(
      `tooluse_bench_${toolCalls}`,
      "calculator",
      JSON.stringify(calculatorInput),
    );
    yield { type: "stop", reason: "tool_use" };
    return;
  }
  for (const text of answerTokens) {
    await untilNextToken();
    yield { type: "text", text };
  }
  yield { type: "stop", reason: "end_turn" };
}
