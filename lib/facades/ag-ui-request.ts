import * as v from "valibot";
import type { AgUiMessage, AgUiRequest } from "#lib/contract/ag-ui.ts";
import { CallId } from "#lib/contract/call-id.ts";
import type { ClientTool } from "#lib/contract/client-tool.ts";
import { ChatDecision } from "#lib/contract/decision.ts";
import { Identifier } from "#lib/contract/identifier.ts";
import { typedMessage } from "#lib/contract/typed-text.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { conform } from "#lib/platform/http/parse-request.ts";
import { readClientTools } from "#lib/tools/client-tools.ts";
import { questionIdOf, resultIdOf } from "./ag-ui-messages.ts";
import { approvedCall } from "./shown-call.ts";
import { textOfParts } from "./text-parts.ts";

/** What a run asks for, in our words. One with no message follows the newest answer, after its outputs and decisions. */
export interface AgUiIntent {
  message?: { id: string; text: string; after?: string; tools: ClientTool[] } | undefined;
  /** What the client's own tools have returned since the last answer. */
  outputs: ClientToolOutput[];
}

interface ClientToolOutput {
  callId: string;
  output: string;
  failed: boolean;
}

/**
 * Returns what a run asks for. Of the history only the newest message of the person is read, the results of the client's tools after
 * the last answer, and the ids of the answers.
 * @throws HttpProblem 400 that names the field
 */
export function readAgUiRequest(
  { messages, tools }: AgUiRequest,
  messageLimit: number,
): AgUiIntent {
  const outputs = outputsIn(messages);
  const asked = newQuestionIn(messages);
  if (!asked) return { outputs };
  const field = `messages.${asked.index}.content`;
  const text = conform(typedMessage(messageLimit), textOf(asked.message, field), field);
  const answer = messages.slice(0, asked.index).findLast(({ role }) => role === "assistant");
  const after = answer && turnOf(answer);
  return {
    outputs,
    message: {
      ...{ id: asked.message.id, text, tools: readClientTools(tools ?? [], "tools") },
      ...(after !== undefined && { after }),
    },
  };
}

/** Returns the message of the user after the last answer, unless it is one that we have sent to the client. */
function newQuestionIn(messages: readonly AgUiMessage[]) {
  const index = messages.findLastIndex(({ role }) => role === "user" || role === "assistant");
  const message = messages[index];
  if (message?.role !== "user" || message.id === questionIdOf(turnOf(message) ?? ""))
    return undefined;
  return { index, message };
}

/** Returns the turn that a message belongs to, if we have given the message its id. */
function turnOf({ id }: Pick<AgUiMessage, "id">): string | undefined {
  const [turnId = "", ...rest] = id.split(".");
  return rest.length > 0 && v.is(Identifier, turnId) ? turnId : undefined;
}

/**
 * Returns the part of the history before a turn's answer, or undefined if the history has nothing of the turn. The client shows
 * the answer itself anew.
 */
export function historyBefore(
  turnId: string,
  messages: readonly AgUiMessage[],
): readonly AgUiMessage[] | undefined {
  const questionId = questionIdOf(turnId);
  const answerAt = messages.findIndex((one) => turnOf(one) === turnId && one.id !== questionId);
  if (answerAt >= 0) return messages.slice(0, answerAt);
  const questionAt = messages.findIndex(({ id }) => id === questionId);
  return questionAt >= 0 ? messages.slice(0, questionAt + 1) : undefined;
}

const Result = v.object({
  toolCallId: CallId,
  content: v.unknown(),
  error: v.nullish(v.string()),
});

function outputsIn(messages: readonly AgUiMessage[]): ClientToolOutput[] {
  const answerAt = messages.findLastIndex(({ role }) => role === "assistant");
  if (answerAt < 0) return [];
  return messages.slice(answerAt).flatMap((message, offset): ClientToolOutput[] => {
    if (message.role !== "tool" || message.id === resultIdOf(String(message.toolCallId))) return [];
    const field = `messages.${answerAt + offset}`;
    const { toolCallId, error } = conform(Result, message, field);
    const content = textOf(message, `${field}.content`);
    return [
      { callId: toolCallId, output: content || (error ?? ""), failed: typeof error === "string" },
    ];
  });
}

const Content = v.union([v.string(), v.array(v.looseObject({ type: v.string() }))]);

function textOf({ content }: AgUiMessage, field: string): string {
  const parts = conform(Content, content, field);
  return typeof parts === "string" ? parts : textOfParts(parts, field);
}

const Answers = v.object({
  resume: v.array(
    v.variant("status", [
      v.object({
        interruptId: v.string(),
        status: v.literal("resolved"),
        // An unknown field is refused, because a client that edits a call's arguments must not take the edit for accepted.
        payload: v.strictObject(
          {
            approved: v.boolean("must be true or false"),
            note: v.optional(v.string("must be a string")),
          },
          ({ expected }) =>
            expected === "never" ? "is not supported" : "must be an object with approved",
        ),
      }),
      v.object({ interruptId: v.string(), status: v.literal("cancelled") }),
    ]),
  ),
});
const Decision = v.omit(ChatDecision, ["conversation_id", "link"]);

/** A decision of the person about a call that waits. */
export type AgUiDecision = v.InferOutput<typeof Decision> & {
  /** The person has not answered. Denies a call that still waits, and leaves any other as it is. */
  isCancelled: boolean;
};

/**
 * Returns the decisions in the answers to interrupts.
 * @throws HttpProblem 400 that names the field; 404 for an interrupt that cannot be one of ours
 */
export const readDecisions = ({ resume }: AgUiRequest): AgUiDecision[] =>
  conform(Answers, { resume: resume ?? [] }, "resume").resume.map((answer): AgUiDecision => {
    const call = v.safeParse(NamedCall, approvedCall(answer.interruptId));
    if (!call.success) {
      throw new HttpProblem("not_found", 404, "Interrupt not found, or not yours.");
    }
    const isCancelled = answer.status === "cancelled";
    const { approved, note } = isCancelled ? { approved: false } : answer.payload;
    const decision = { ...call.output, decision: approved ? "approve" : "deny", note };
    return { ...conform(Decision, decision, "payload"), isCancelled };
  });

const NamedCall = v.pick(ChatDecision, ["turn_id", "call_id", "arguments_sha256"]);
