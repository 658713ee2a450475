import * as v from "valibot";
import type { AiSdkRequest } from "#lib/contract/ai-sdk.ts";
import { ChatDecision } from "#lib/contract/decision.ts";
import { Identifier } from "#lib/contract/identifier.ts";
import { typedMessage } from "#lib/contract/typed-text.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { conform } from "#lib/platform/http/parse-request.ts";
import { approvedCall } from "./shown-call.ts";
import { textOfParts } from "./text-parts.ts";

const Decision = v.omit(ChatDecision, ["conversation_id", "link"]);
/** A decision of the person about a call that waits. */
export type Decision = v.InferOutput<typeof Decision>;

/** What a request asks for, in our words. */
export type AiSdkIntent =
  | { kind: "send"; message: string; messageId: string }
  /** A new version of a message, or of an answer. Without `replaces` and `after` it is one of the newest answer. */
  | { kind: "version"; message: string; after?: string | null; replaces?: string }
  | { kind: "decide"; decisions: Decision[] };

/**
 * Returns what a request asks for. Of the history only the newest message of the person is read, and the ids of the answers,
 * which are ids of turns.
 * @throws HttpProblem 400 that names the field
 */
export function readAiSdkRequest(request: AiSdkRequest, messageLimit: number): AiSdkIntent {
  const { messages, trigger } = request;
  const messageId = request.messageId ?? undefined;
  const named = messages.find(({ id }) => id === messageId);
  if (trigger === "submit-message" && named?.role === "assistant") {
    return { kind: "decide", decisions: decisionsIn(named) };
  }
  const last = messages.at(-1);
  if (last?.role !== "user") {
    throw refusal("messages", "must end with a message of the user");
  }
  const message = conform(typedMessage(messageLimit), textOf(last), "messages");
  if (named?.role === "user" && named === last && messageId !== undefined) {
    return { kind: "version", message, after: parentOf(messages) };
  }
  if (trigger === "submit-message") return { kind: "send", message, messageId: last.id };
  return messageId === undefined
    ? { kind: "version", message }
    : { kind: "version", message, replaces: turnIdOf(messageId) };
}

type Message = AiSdkRequest["messages"][number];

const Parts = v.object({ parts: v.array(v.looseObject({ type: v.string() })) });

const textOf = (message: Message): string =>
  textOfParts(conform(Parts, message, "messages").parts, "messages");

/** Returns the turn before the last message, or null for the first message of a chat. */
function parentOf(messages: readonly Message[]): string | null {
  const answer = messages.findLast(({ role }) => role === "assistant");
  return answer ? turnIdOf(answer.id) : null;
}

function turnIdOf(messageId: string): string {
  const id = v.safeParse(Identifier, messageId);
  if (!id.success) throw refusal("messageId", "must be the id of an answer of this service");
  return id.output;
}

const Responded = v.object({
  state: v.literal("approval-responded"),
  approval: v.object({
    id: v.string(),
    approved: v.boolean(),
    reason: v.nullish(v.string()),
  }),
});

function decisionsIn(message: Message): Decision[] {
  const { parts } = conform(Parts, message, "messages");
  const decisions = parts.flatMap((part): Decision[] => {
    const responded = v.safeParse(Responded, part);
    if (!responded.success) return [];
    const { id, approved, reason } = responded.output.approval;
    const decision = {
      ...approvedCall(id),
      turn_id: turnIdOf(message.id),
      decision: approved ? "approve" : "deny",
      note: reason || undefined,
    };
    return [conform(Decision, decision, "messages")];
  });
  if (decisions.length === 0) {
    throw refusal("messageId", "names an answer in which nothing was decided");
  }
  return decisions;
}

const refusal = (field: string, sentence: string) =>
  new HttpProblem("bad_request", 400, `${field} ${sentence}.`, { field });
