import type { AiSdkMessages, AnswerMetadata } from "#lib/contract/ai-sdk.ts";
import type { ToolCall, TurnState } from "#lib/contract/chat.ts";
import type { Source } from "#lib/contract/source.ts";
import { answerParts } from "./answer-parts.ts";
import { approvalIdOf, errorOf, inputOf, outputOf } from "./shown-call.ts";

type UiMessage = AiSdkMessages[number];
type UiPart = UiMessage["parts"][number];

/**
 * Returns the messages of a transcript's turns. An answer has the id of its turn, as in the stream. A running or queued turn
 * has no answer yet: the stream has it.
 */
export const uiMessagesOf = (turns: readonly TurnState[]): AiSdkMessages =>
  turns.flatMap((turn): UiMessage[] => {
    const status = statuses[turn.status];
    const question: UiMessage = {
      id: `${turn.turn_id}.message`,
      role: "user",
      parts: [{ type: "text", text: turn.message }],
    };
    if (status === undefined) return [question];
    const metadata = { conversation_id: turn.conversation_id, status };
    return [question, { id: turn.turn_id, role: "assistant", parts: partsOf(turn), metadata }];
  });

const statuses: Record<TurnState["status"], AnswerMetadata["status"]> = {
  queued: undefined,
  running: undefined,
  waiting: "waiting",
  done: "done",
  stopped: "stopped",
  failed: "error",
};

const partsOf = ({ result, partial, tools, sources }: TurnState): UiPart[] => [
  { type: "step-start" },
  ...answerParts(result ?? partial ?? "", tools).map((part) =>
    part.type === "text" ? { type: "text", text: part.text, state: "done" } : toolPart(part.tool),
  ),
  ...sources.map(sourcePart),
];

/** A link, or a passage of a document. */
export const sourcePart = ({ index, title, url }: Source): UiPart =>
  url === undefined
    ? { type: "source-document", sourceId: String(index), mediaType: "text/plain", title }
    : { type: "source-url", sourceId: String(index), url, title };

function toolPart(tool: ToolCall): UiPart {
  const approval = approvalOf(tool);
  return {
    type: "dynamic-tool",
    toolName: tool.name,
    toolCallId: tool.id,
    input: inputOf(tool),
    providerExecuted: true,
    ...(approval && { approval }),
    ...stateOf(tool),
  };
}

function stateOf(tool: ToolCall) {
  switch (tool.state) {
    case "running":
      return { state: "input-available" };
    case "waiting":
      return { state: tool.approval ? "approval-requested" : "input-available" };
    case "done":
      return { state: "output-available", output: outputOf(tool) };
    case "denied":
      return { state: "output-denied" };
    case "failed":
    case "unknown":
      return { state: "output-error", errorText: errorOf(tool) };
  }
}

/** Returns the approval of a call as the client shows it, with the decision if there is one. */
export function approvalOf({ id, approval }: ToolCall) {
  if (!approval || approval.state === "void") return undefined;
  const { state, arguments_sha256, note } = approval;
  return {
    id: approvalIdOf(id, arguments_sha256),
    ...(state !== "open" && { approved: state === "approved" }),
    ...(note !== undefined && { reason: note }),
  };
}
