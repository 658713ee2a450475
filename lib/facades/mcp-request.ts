import * as v from "valibot";
import { ChatDecision } from "#lib/contract/decision.ts";
import { Identifier } from "#lib/contract/identifier.ts";
import { askInputUpTo, type McpMessage } from "#lib/contract/mcp.ts";
import { idempotencyMeta } from "#lib/mcp/idempotency-meta.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { conform } from "#lib/platform/http/parse-request.ts";
import { isJsonObject, parseJson } from "#lib/platform/json.ts";

/** A call of one of our tools, as the protocol's library hands it over. All of it is the client's. */
export interface McpCall {
  arguments: unknown;
  meta?: Record<string, unknown> | undefined;
  /** What an earlier result with `input_required` gave the client to send back. */
  requestState?: unknown;
  /** The answers of the client's user to what that result asked. */
  inputResponses?: Record<string, unknown> | undefined;
}

/** What a call of `ask` wants, in our words. */
export type AskIntent =
  | {
      kind: "send";
      message: string;
      conversationId: string | undefined;
      idempotencyKey: string | undefined;
    }
  /** Goes on with a turn that waits or runs. */
  | {
      kind: "continue";
      conversationId: string;
      turnId: string;
      decisions: ChatDecision[];
      /** Whether the user has refused to decide: asking again would not help. */
      isDismissed: boolean;
    };

/** Returns the name of the tool that a message calls. */
export function toolNameIn({ method, params }: McpMessage): string | undefined {
  if (method !== "tools/call" || !isJsonObject(params)) return undefined;
  return typeof params.name === "string" ? params.name : undefined;
}

/**
 * Returns what a call of `ask` wants.
 * @throws HttpProblem 400 that names the field
 */
export function readAsk(call: McpCall, messageLimit: number): AskIntent {
  if (call.requestState !== undefined) return readContinuation(call);
  const { message, conversation_id } = conform(
    askInputUpTo(messageLimit),
    call.arguments ?? {},
    "arguments",
  );
  const key = call.meta?.[idempotencyMeta];
  return {
    kind: "send",
    message,
    conversationId: conversation_id,
    idempotencyKey: typeof key === "string" && key !== "" ? key : undefined,
  };
}

/** A turn that a client may come back to. It is no secret: only the owner can go on with it. */
const RequestState = v.object({ conversation_id: Identifier, turn_id: Identifier });

export const requestStateOf = (conversationId: string, turnId: string): string =>
  JSON.stringify({ conversation_id: conversationId, turn_id: turnId });

/** Names the question about one tool call. The hash binds the answer to the arguments that were shown. */
export const questionKeyOf = (callId: string, argumentsSha256: string): string =>
  `${callId}:${argumentsSha256}`;

const UserInput = v.object({
  action: v.picklist(["accept", "decline", "cancel"]),
  content: v.nullish(
    v.object({ decision: ChatDecision.entries.decision, note: v.nullish(v.string()) }),
  ),
});

function readContinuation({ requestState, inputResponses = {} }: McpCall): AskIntent {
  const state = typeof requestState === "string" ? parseJson(requestState) : undefined;
  const turn = conform(RequestState, state, "requestState");
  const answers = Object.entries(inputResponses).map(([key, value]) => ({
    key,
    input: conform(UserInput, value, "inputResponses"),
  }));
  const decisions = answers.flatMap(({ key, input: { action, content } }): ChatDecision[] => {
    if (action === "cancel") return [];
    if (action === "accept" && !content) {
      throw new HttpProblem("bad_request", 400, "inputResponses must have a decision.", {
        field: "inputResponses",
      });
    }
    const [call_id, arguments_sha256] = key.split(":");
    const decision = action === "decline" ? "deny" : content?.decision;
    const note = content?.note?.trim() || undefined;
    const made = { ...turn, call_id, arguments_sha256, decision, note };
    return [conform(ChatDecision, made, "inputResponses")];
  });
  return {
    kind: "continue",
    conversationId: turn.conversation_id,
    turnId: turn.turn_id,
    decisions,
    isDismissed: answers.some(({ input }) => input.action === "cancel"),
  };
}
