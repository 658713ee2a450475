import type { ElicitRequestFormParams } from "@modelcontextprotocol/server";
import type { ToolCall } from "#lib/contract/chat.ts";
import type { AskResult } from "#lib/contract/mcp.ts";
import type { Source } from "#lib/contract/source.ts";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { createAnswerChanges } from "./answer-changes.ts";
import { questionKeyOf, requestStateOf } from "./mcp-request.ts";
import { type EndEvent, isOfStream } from "./turn-view.ts";

/** One turn as a caller of `ask` waits for it. */
export interface AskedAnswer {
  conversationId: string;
  turnId: string;
  text: string;
  sources: Source[];
  /** Missing if the stream has broken off: then the turn goes on without it. */
  end?: EndEvent | undefined;
  /** Whether an earlier turn of the conversation waits for a decision, so that this one has not begun. */
  isBarred: boolean;
}

/** A question to the client's user. */
export interface Elicitation {
  message: string;
  requestedSchema: ElicitRequestFormParams["requestedSchema"];
}

/** What a call of a tool returns. */
export type McpResult =
  | {
      kind: "result";
      texts: string[];
      structured?: Record<string, unknown> | undefined;
      isError: boolean;
    }
  /** The client asks its user, or nobody, and calls again with the state. */
  | { kind: "input_required"; questions: Record<string, Elicitation>; requestState: string };

interface ReadOptions {
  conversationId: string;
  turnId: string;
  /** Shows the client how far the answer is. */
  report: (progress: string) => void;
  now?: () => number;
}

/** Each report holds the whole text, so a long answer reports no more often. */
const reportEveryMs = 1_000;

/**
 * Reads a turn's events. `answer` is there when the turn has ended or waits; `drained` when the stream has ended, which it must,
 * because the runner's last work comes after the end of the turn.
 */
export function readAskedAnswer(
  events: AsyncIterable<StreamEvent>,
  { conversationId, turnId, report, now = Date.now }: ReadOptions,
): { answer: Promise<AskedAnswer>; drained: Promise<void> } {
  const changesOf = createAnswerChanges(turnId);
  const answered = Promise.withResolvers<AskedAnswer>();
  const answer: AskedAnswer = { conversationId, turnId, text: "", sources: [], isBarred: false };
  let runningTool: string | undefined;
  let reportedAt = Number.NEGATIVE_INFINITY;

  function apply(event: StreamEvent): void {
    for (const change of changesOf(event)) {
      switch (change.type) {
        case "restart":
          answer.text = "";
          answer.sources = [];
          break;
        case "text":
          answer.text += change.text;
          break;
        case "tool":
          runningTool = change.tool.state === "running" ? change.tool.name : undefined;
          break;
        case "source":
          answer.sources.push(change.source);
          break;
        case "barred":
          answer.isBarred = true;
          answered.resolve(answer);
          break;
        case "end":
          answer.end = change.end;
          answered.resolve(answer);
          break;
      }
    }
  }

  function reportNow(): void {
    const progress = [answer.text, runningTool && `[${runningTool}]`].filter(Boolean).join("\n\n");
    if (answer.end || progress === "" || now() - reportedAt < reportEveryMs) return;
    reportedAt = now();
    report(progress);
  }

  async function drain(): Promise<void> {
    try {
      for await (const event of events) {
        apply(event);
        reportNow();
      }
      answered.resolve(answer);
    } catch (error) {
      answered.reject(error);
    }
  }

  return { drained: drain(), answer: answered.promise };
}

interface ResultOptions {
  /** Whether the client can ask its user. */
  canAsk: boolean;
  /** Whether the client calls again by itself, with the state that it got. */
  canReturn: boolean;
}

/** Says how a turn has ended. Only an answer that is done is no error. */
export function askResult(answer: AskedAnswer, { canAsk, canReturn }: ResultOptions): McpResult {
  const { conversationId, turnId, text, end, isBarred } = answer;
  const result = (
    status: AskResult["status"],
    texts: string[],
    more: Partial<AskResult> = {},
  ): McpResult => {
    const structured: AskResult = {
      ...{ conversation_id: conversationId, turn_id: turnId, status, answer: text },
      ...{ sources: answer.sources, ...more },
    };
    const shown = [...texts, goOnWith(conversationId)].filter((line) => line.trim() !== "");
    const isError = status !== "done" && status !== "waiting";
    return { kind: "result", texts: shown, structured, isError };
  };

  switch (end?.event) {
    case "done": {
      const { citations, usage } = end.data;
      const isCut = end.data.remarks.includes("cut_at_length");
      return result("done", [text, ...(isCut ? [cutAtLength] : [])], {
        ...(citations && { citations }),
        ...(usage.cost_usd !== null && { cost_usd: usage.cost_usd }),
      });
    }
    case "stopped":
      return result("stopped", [text, "The answer was stopped before its end."]);
    case "waiting": {
      const calls = end.data.calls.filter(isOpen);
      const questions = Object.fromEntries(calls.map(questionOf));
      const requestState = requestStateOf(conversationId, turnId);
      if (canAsk && calls.length > 0) return { kind: "input_required", questions, requestState };
      const approvals = calls.map(waitingCallOf);
      return result("waiting", [text, waitingText(calls)], { approvals });
    }
    case "error":
      if (!isOfStream(end)) return result("failed", [end.data.detail]);
      if (!end.data.retryable || !canReturn) return result("running", [end.data.detail]);
      break;
    default:
      if (isBarred) return result("running", [barred]);
  }
  const requestState = requestStateOf(conversationId, turnId);
  if (canReturn) return { kind: "input_required", questions: {}, requestState };
  return result("running", [brokenOff]);
}

const goOnWith = (conversationId: string) =>
  `To go on with this conversation, call ask with conversation_id ${conversationId}.`;

const cutAtLength =
  'The answer was cut at the model\'s limit. Call ask with the message "Continue." for the rest.';
const barred =
  "An earlier message of this conversation waits for a decision. This one is answered after that decision.";
const brokenOff =
  "This request ended before the answer did. The answer goes on, and is then a part of the conversation.";

type OpenCall = ToolCall & { approval: NonNullable<ToolCall["approval"]> };

const isOpen = (call: ToolCall): call is OpenCall => call.approval?.state === "open";

const waitingCallOf = ({ name, input, approval: { link } }: OpenCall) => ({
  tool: name,
  arguments: input,
  ...(link !== undefined && { link }),
});

const decisionSchema: Elicitation["requestedSchema"] = {
  type: "object",
  properties: {
    decision: { type: "string", title: "Decision", enum: ["approve", "deny"] },
    note: {
      type: "string",
      title: "Note",
      description: "What the model should know",
      maxLength: 1_000,
    },
  },
  required: ["decision"],
};

function questionOf(call: OpenCall): [string, Elicitation] {
  const key = questionKeyOf(call.id, call.approval.arguments_sha256);
  const lines = [`The assistant wants to call ${call.name}:`, argumentsOf(call), ...beforeOf(call)];
  return [key, { message: lines.join("\n"), requestedSchema: decisionSchema }];
}

const argumentsOf = ({ input }: OpenCall) => JSON.stringify(input ?? {}, null, 2);

const beforeOf = ({ approval: { before } }: OpenCall) =>
  before ? [`The same call was made before, at ${before.at}. It is ${before.state}.`] : [];

function waitingText(calls: readonly OpenCall[]): string {
  if (calls.length === 0) return "The answer waits for the program that sent the message.";
  const list = calls.map((call) => {
    const { link } = call.approval;
    const where = link === undefined ? [] : [`Decide here: ${link}`];
    return [`${call.name}: ${argumentsOf(call)}`, ...beforeOf(call), ...where].join("\n");
  });
  return [
    "The answer waits for a person, who has to approve or deny:",
    ...list,
    "After the decision the answer goes on, and is then a part of the conversation.",
  ].join("\n\n");
}
