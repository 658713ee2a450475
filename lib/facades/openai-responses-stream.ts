import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { textNumberOf } from "#lib/contract/text-number.ts";
import type { EventEncoder, ServerSentEvent } from "#lib/sse/event-stream-response.ts";
import { type AnswerChange, createAnswerChanges } from "./answer-changes.ts";
import type { AnswerPart } from "./answer-parts.ts";
import { type OpenAiProblem, openAiErrorOf } from "./facade-problem.ts";
import {
  approvalRequired,
  barredAnswer,
  brokenAnswer,
  noUsage,
  type ResponseHead,
  type ResponseObject,
  responseObject,
  responseUsageOf,
} from "./openai-response.ts";
import {
  isBehind,
  itemsOf,
  type MessageItem,
  type OutputItem,
  outputOf,
  type PartWithItem,
} from "./openai-responses-items.ts";
import type { EndEvent } from "./turn-view.ts";

/** The numbers of the events of one text. No answer has so many characters and items. */
const numbersOfText = 1_000_000;

type ResponseEvent = { type: string; delta?: string; [field: string]: unknown };

/**
 * Says a turn in the events of OpenAI's Responses. Each event has a number that follows from the turn's state alone: the first number of
 * the text that the turn shows, and how many steps of the answer come before it. A character of text is one step, so a replay that
 * cuts the text elsewhere numbers it the same, and a delta has the number of its last character:
 *
 *     created, in_progress                                                             2 steps
 *     each text: item added, part added, its characters, text, part and item done      5 steps and the characters
 *     each call: item added, two more, item done                                       4 steps
 *     the end                                                                          1 step
 *
 * An `error` has the number of the event before it, so a client that goes on after it misses nothing. Such a stream cannot take back what
 * it has sent: an answer that begins again ends it with an `error`.
 * @param after the number of the last event that the client has
 */
export function createResponsesEncoder(
  head: ResponseHead,
  { after }: { after?: number | undefined } = {},
): EventEncoder {
  const { segment } = head;
  const changesOf = createAnswerChanges(segment.turnId);
  let parts: AnswerPart[] = [];
  /** The first number of the turn's newest text. Counts once something of that text leaves. */
  let nextFirstNumber: number | undefined;
  /** The first number of the text that the client has. */
  let firstNumber = after === undefined ? 0 : after - (after % numbersOfText);
  /** How many steps of the answer the client has, and how many this stream has seen. */
  let sent = after === undefined ? 0 : after - firstNumber + 1;
  let seen = 0;
  /** The text that the client has to its end, and that goes on. */
  let openText: ResponseEvent | undefined;
  let hasEnded = false;

  const numbered = (event: ResponseEvent, step: number): ServerSentEvent => ({
    event: event.type,
    data: { ...event, sequence_number: firstNumber + Math.max(step - 1, 0) },
  });

  /** OpenAI's clients read the error beside the type, and those of Open Responses in an object of its own. */
  function fail(problem: OpenAiProblem): ServerSentEvent[] {
    hasEnded = true;
    const error = openAiErrorOf(problem);
    const { code, message, param } = error;
    return [numbered({ type: "error", code, message, param, error }, sent)];
  }

  /** A client may have more of an earlier text than this stream has seen: nobody knows whether the new one goes on with it. */
  function begin(text: { attempt: number; restarts?: number }): ServerSentEvent[] {
    nextFirstNumber = (textNumberOf(text) - textNumberOf({ attempt: 1 })) * numbersOfText;
    return nextFirstNumber > firstNumber && sent > seen ? fail(restarted) : [];
  }

  /** A follower reads a row that may be older than what the client has from the runner. */
  const isBehindClient = () => nextFirstNumber !== undefined && nextFirstNumber < firstNumber;

  /** Yields the events that the client has not got. Returns how many steps the answer has so far. */
  function* unsent(isOver: boolean): Generator<ServerSentEvent, number> {
    let step = 0;
    openText = undefined;
    if (isBehindClient()) return step;
    const started = responseObject(head, { status: "in_progress", output: [] });
    const events: ResponseEvent[] = [
      { type: "response.created", response: started },
      { type: "response.in_progress", response: started },
      ...eventsOf(itemsOf(parts, segment, isOver), isOver),
    ];
    for (const event of events) {
      const known = Math.max(sent - step, 0);
      const text = event.type === "response.output_text.delta" ? (event.delta ?? "") : undefined;
      step += text?.length ?? 1;
      openText = text === undefined ? undefined : event;
      if (step <= sent) continue;
      firstNumber = nextFirstNumber ?? firstNumber;
      yield numbered(text === undefined ? event : { ...event, delta: text.slice(known) }, step);
    }
    if (sent > step) openText = undefined;
    sent = Math.max(sent, step);
    seen = step;
    return step;
  }

  /** Says a piece of the open text without a look at the rest of the answer, which would take a square of its length. */
  function append(open: ResponseEvent, delta: string): ServerSentEvent {
    firstNumber = nextFirstNumber ?? firstNumber;
    sent += delta.length;
    seen = sent;
    return numbered({ ...open, delta }, sent);
  }

  function* last(
    type: string,
    { status, ...rest }: Pick<ResponseObject, "status"> & Partial<ResponseObject>,
  ): Generator<ServerSentEvent> {
    const step = (yield* unsent(true)) + 1;
    if (step < sent) return yield* fail(restarted);
    hasEnded = true;
    const output = outputOf(parts, segment, true);
    const response = responseObject(
      { ...head, model: rest.model ?? head.model },
      { ...rest, status, output },
    );
    if (step <= sent) return;
    firstNumber = nextFirstNumber ?? firstNumber;
    yield numbered({ type, response }, step);
  }

  function* finish(end: EndEvent): Generator<ServerSentEvent> {
    // The text that the client has was never stored.
    if (isBehindClient()) return yield* fail(restarted);
    if (isBehind(segment, parts)) return yield* endWithCalls();
    switch (end.event) {
      case "done":
        return yield* last("response.completed", {
          ...{ status: "completed", model: end.data.model ?? head.model },
          completed_at: head.createdAt + Math.round(end.data.duration_ms / 1_000),
          ...responseUsageOf(end.data.usage),
        });
      case "waiting":
        if (end.data.calls.every(({ client }) => client)) return yield* endWithCalls();
        yield* unsent(false);
        return yield* fail(approvalRequired(end.data.calls));
      case "stopped":
        return yield* last("response.incomplete", {
          ...{ status: "incomplete", incomplete_details: { reason: "cancelled" } },
        });
      case "error":
        yield* unsent(false);
        return yield* fail(end.data);
    }
  }

  const endWithCalls = () => last("response.completed", { status: "completed", ...noUsage });

  return {
    encode(event: StreamEvent): ServerSentEvent[] {
      const leaving: ServerSentEvent[] = [];
      let isAppended = true;
      const wasBehindClient = isBehindClient();
      for (const change of changesOf(event)) {
        if (hasEnded) break;
        isAppended &&= change.type === "text" && openText !== undefined;
        switch (change.type) {
          case "turn":
          case "snapshot":
            leaving.push(...begin(change));
            break;
          case "restart":
            // Nothing has left of a text that was older than the client's.
            parts = [];
            if (!wasBehindClient) leaving.push(...fail(restarted));
            break;
          case "text":
            parts = withText(parts, change.text);
            if (isAppended && openText) leaving.push(append(openText, change.text));
            break;
          case "tool":
            parts = withCall(parts, change);
            break;
          case "barred":
            leaving.push(...fail(barredAnswer));
            break;
          case "end":
            leaving.push(...finish(change.end));
            break;
          default:
        }
      }
      if (hasEnded || isAppended || nextFirstNumber === undefined) return leaving;
      return [...leaving, ...(isBehind(segment, parts) ? endWithCalls() : unsent(false))];
    },
    end: () => (hasEnded ? [] : fail(interrupted)),
  };
}

const restarted = brokenAnswer(
  "restarted",
  "The answer begins again. Get the response from its start.",
);
const interrupted = brokenAnswer(
  "interrupted",
  "The answer goes on elsewhere. Get the response to follow it.",
);

/** Yields the events of a response's items, up to the first that has not ended. */
function* eventsOf(items: readonly PartWithItem[], isOver: boolean): Generator<ResponseEvent> {
  for (const [index, { item }] of items.entries()) {
    // The calls of one answer leave in their order, each when it has ended.
    if (!item) return;
    if (item.type === "message")
      yield* eventsOfMessage(index, item, isOver || index < items.length - 1);
    else yield* eventsOfCall(index, item);
  }
}

function* eventsOfMessage(
  output_index: number,
  item: MessageItem,
  isComplete: boolean,
): Generator<ResponseEvent> {
  const [part] = item.content;
  const { text } = part;
  const at = { output_index, item_id: item.id, content_index: 0 };
  const opened = { ...item, status: "in_progress", content: [] };
  yield { type: "response.output_item.added", output_index, item: opened };
  yield { type: "response.content_part.added", ...at, part: { ...part, text: "" } };
  yield { type: "response.output_text.delta", ...at, delta: text, logprobs: [] };
  if (!isComplete) return;
  yield { type: "response.output_text.done", ...at, text, logprobs: [] };
  yield { type: "response.content_part.done", ...at, part };
  yield { type: "response.output_item.done", output_index, item };
}

function* eventsOfCall(
  output_index: number,
  item: Exclude<OutputItem, MessageItem>,
): Generator<ResponseEvent> {
  const at = { output_index, item_id: item.id };
  if (item.type === "function_call") {
    const { name, arguments: input } = item;
    const opened = { ...item, arguments: "", status: "in_progress" };
    yield { type: "response.output_item.added", output_index, item: opened };
    yield { type: "response.function_call_arguments.delta", ...at, delta: input };
    yield { type: "response.function_call_arguments.done", ...at, name, arguments: input };
  } else {
    const opened = { ...item, output: null, error: null, status: "in_progress" };
    yield { type: "response.output_item.added", output_index, item: opened };
    yield { type: "response.mcp_call.in_progress", ...at };
    yield { type: `response.mcp_call.${item.status}`, ...at };
  }
  yield { type: "response.output_item.done", output_index, item };
}

function withText(parts: readonly AnswerPart[], text: string): AnswerPart[] {
  const last = parts.at(-1);
  return last?.type === "text"
    ? [...parts.slice(0, -1), { type: "text", text: last.text + text }]
    : [...parts, { type: "text", text }];
}

function withCall(parts: readonly AnswerPart[], { tool, isNew }: CallChange): AnswerPart[] {
  const changed: AnswerPart = { type: "tool", tool };
  if (isNew) return [...parts, changed];
  return parts.map((part) => (part.type === "tool" && part.tool.id === tool.id ? changed : part));
}

type CallChange = Extract<AnswerChange, { type: "tool" }>;
