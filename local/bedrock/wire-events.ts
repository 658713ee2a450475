import type { Answer, AnswerEvent, StopReason, TokenCount } from "./answer.ts";
import type { ConverseRequest } from "./converse-request.ts";
import { estimateUsage } from "./usage.ts";

type Delta =
  | { text: string }
  | { reasoningContent: { text: string } | { signature: string } | { redactedContent: string } }
  | { citation: { title: string } }
  | { toolUse: { input: string } };

type Usage = TokenCount & { totalTokens: number };

/** The events of ConverseStream, in the order of Bedrock. */
export type WireEvent =
  | { name: "messageStart"; payload: { role: "assistant" } }
  | {
      name: "contentBlockStart";
      payload: {
        contentBlockIndex: number;
        start: { toolUse: { toolUseId: string; name: string } };
      };
    }
  | { name: "contentBlockDelta"; payload: { contentBlockIndex: number; delta: Delta } }
  | { name: "contentBlockStop"; payload: { contentBlockIndex: number } }
  | { name: "messageStop"; payload: { stopReason: StopReason } }
  | { name: "metadata"; payload: { usage: Usage; metrics: { latencyMs: number } } };

/**
 * Turns an answer into Bedrock's events. Yields nothing before the answer's first event, so that the server can
 * respond with an error status if the model fails at once.
 */
export async function* toWireEvents(
  answer: Answer,
  request: ConverseRequest,
): AsyncGenerator<WireEvent> {
  const startedAt = performance.now();
  const seen: AnswerEvent[] = [];
  let index = -1;
  let open: BlockKind | undefined;

  for await (const event of answer) {
    if (event.type === "crash") continue;
    if (seen.length === 0) yield { name: "messageStart", payload: { role: "assistant" } };
    seen.push(event);

    if (event.type !== "stop" && beginsBlock(event, open)) {
      if (open) yield { name: "contentBlockStop", payload: { contentBlockIndex: index } };
      index += 1;
      open = kindOf(event);
    }
    if (event.type === "tool") {
      const toolUse = { toolUseId: event.id, name: event.name };
      yield {
        name: "contentBlockStart",
        payload: { contentBlockIndex: index, start: { toolUse } },
      };
    } else if (event.type === "stop") {
      if (open) yield { name: "contentBlockStop", payload: { contentBlockIndex: index } };
      yield { name: "messageStop", payload: { stopReason: event.reason } };
      if (event.usage === null) return;
      const usage = event.usage ?? estimateUsage(request, seen);
      const totalTokens = Object.values(usage).reduce((sum, count) => sum + count, 0);
      const latencyMs = Math.round(performance.now() - startedAt);
      yield {
        name: "metadata",
        payload: { usage: { ...usage, totalTokens }, metrics: { latencyMs } },
      };
    } else {
      yield {
        name: "contentBlockDelta",
        payload: { contentBlockIndex: index, delta: toDelta(event) },
      };
      if (event.type === "signature") open = "signed reasoning";
    }
  }
}

type Piece = Exclude<AnswerEvent, { type: "stop" | "crash" }>;

type BlockKind = "text" | "reasoning" | "signed reasoning" | "redacted" | "tool";

function beginsBlock(event: Piece, open: BlockKind | undefined): boolean {
  return event.type === "tool" || event.type === "redacted" || kindOf(event) !== open;
}

function kindOf(event: Piece): BlockKind {
  if (event.type === "tool" || event.type === "tool_input") return "tool";
  if (event.type === "redacted") return "redacted";
  return event.type === "reasoning" || event.type === "signature" ? "reasoning" : "text";
}

function toDelta(event: Exclude<Piece, { type: "tool" }>): Delta {
  switch (event.type) {
    case "text":
      return { text: event.text };
    case "reasoning":
      return { reasoningContent: { text: event.text } };
    case "signature":
      return { reasoningContent: { signature: event.signature } };
    case "redacted":
      return { reasoningContent: { redactedContent: event.data } };
    case "citation":
      return { citation: { title: event.title } };
    case "tool_input":
      return { toolUse: { input: event.json } };
  }
}
