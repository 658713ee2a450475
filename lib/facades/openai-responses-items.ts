import type { ToolCall } from "#lib/contract/chat.ts";
import type { AnswerPart } from "./answer-parts.ts";

/** What a response is made of, in order. */
export type OutputItem = MessageItem | FunctionCallItem | McpCallItem;

export interface MessageItem {
  type: "message";
  id: string;
  role: "assistant";
  status: "in_progress" | "completed" | "incomplete";
  content: [{ type: "output_text"; text: string; annotations: []; logprobs: [] }];
}

/** A call of a tool that the program declared and runs itself. */
export interface FunctionCallItem {
  type: "function_call";
  id: string;
  call_id: string;
  name: string;
  arguments: string;
  status: "completed";
}

/** A call of a tool that this service has run. It has the form of a remote tool, so that no client runs it again. */
export interface McpCallItem {
  type: "mcp_call";
  id: string;
  server_label: string;
  name: string;
  arguments: string;
  output: string | null;
  error: string | null;
  status: "completed" | "failed";
}

/** Which of a turn's responses this is. A turn whose program runs tools has one response more for each of its answers with such calls. */
export interface ResponseSegment {
  turnId: string;
  /** The number of the model call whose tools the program has run before this response. Undefined: the turn's first response. */
  afterCall?: number | undefined;
}

/**
 * Returns the parts of each response of a turn. A response ends with calls that the program runs. The service runs the other calls
 * of the same answer only afterwards, so they begin the next response.
 */
function partsByResponse(parts: readonly AnswerPart[]): AnswerPart[][] {
  const ends = programCallNumbers(parts);
  const lists: AnswerPart[][] = [[], ...ends.map(() => [])];
  let passed = 0;
  for (const part of parts) {
    if (part.type === "text") {
      lists[passed]?.push(part);
      continue;
    }
    const number = callNumberOf(part.tool.id);
    passed = Math.max(passed, ends.filter((end) => end <= number).length);
    const before = ends.filter((end) => end < number || (end === number && !part.tool.client));
    lists[before.length]?.push(part);
  }
  return lists;
}

/** Returns the place of a response among those of its turn, or undefined if the turn has no such response. */
function indexOf({ afterCall }: ResponseSegment, parts: readonly AnswerPart[]): number | undefined {
  if (afterCall === undefined) return 0;
  const place = programCallNumbers(parts).indexOf(afterCall);
  return place === -1 ? undefined : place + 1;
}

/** Whether the turn has this response. */
export const hasSegment = (segment: ResponseSegment, parts: readonly AnswerPart[]): boolean =>
  indexOf(segment, parts) !== undefined;

/** Returns the parts of a turn that belong to one of its responses. */
export function partsOfSegment(
  parts: readonly AnswerPart[],
  segment: ResponseSegment,
): AnswerPart[] {
  const index = indexOf(segment, parts);
  return index === undefined ? [] : (partsByResponse(parts)[index] ?? []);
}

/** Whether the response has ended with calls that the program has run, or that it need not run any more. */
export function isBehind(segment: ResponseSegment, parts: readonly AnswerPart[]): boolean {
  const index = indexOf(segment, parts);
  if (index === undefined) return false;
  const end = programCallNumbers(parts)[index];
  if (end === undefined) return false;
  const calls = parts.flatMap((part) =>
    part.type === "tool" && part.tool.client ? part.tool : [],
  );
  const own = calls.filter(({ id }) => callNumberOf(id) === end);
  const areSettled = own.every(({ state }) => state === "done" || state === "failed");
  return areSettled || partsByResponse(parts).some((list, at) => at > index && list.length > 0);
}

/** Returns the numbers of the model calls whose tools the program runs, in order. */
function programCallNumbers(parts: readonly AnswerPart[]): number[] {
  const numbers = parts.flatMap((part) =>
    part.type === "tool" && part.tool.client ? [callNumberOf(part.tool.id)] : [],
  );
  return [...new Set(numbers)].sort((one, other) => one - other);
}

/** A call's id is `<turn>.<number of the model call>.<index>`. */
export const callNumberOf = (callId: string): number => Number(callId.split(".")[1]);

const serverLabel = "enterprise-agentic-ai";

/** Returns the item of a call. A call that has not ended has none yet, unless the program must run it. */
function itemOfCall(tool: ToolCall): FunctionCallItem | McpCallItem | undefined {
  const { id, name, input, output = "", state } = tool;
  const call = { name, arguments: JSON.stringify(input ?? {}) };
  if (tool.client) {
    return { type: "function_call", id: `fc_${id}`, call_id: id, ...call, status: "completed" };
  }
  if (state === "running" || state === "waiting") return undefined;
  const isDone = state === "done";
  return {
    ...{ type: "mcp_call", id: `mcp_${id}`, server_label: serverLabel, ...call },
    ...{ output: isDone ? output : null, error: isDone ? null : output || state },
    status: isDone ? "completed" : "failed",
  };
}

/** A part of a response with its item. A call that has not ended has none yet. */
export type PartWithItem = { part: AnswerPart; item: OutputItem | undefined };

/** Returns the parts of a response with their items. @param isOver nothing more follows */
export function itemsOf(
  parts: readonly AnswerPart[],
  segment: ResponseSegment,
  isOver: boolean,
): PartWithItem[] {
  return partsOfSegment(parts, segment)
    .map((part) => ({ part, item: part.type === "tool" ? itemOfCall(part.tool) : undefined }))
    .filter(({ part, item }) => !isOver || part.type === "text" || item)
    .map(({ part, item }, index, all) => {
      if (part.type === "tool") return { part, item };
      const status = isOver || index < all.length - 1 ? "completed" : "in_progress";
      return { part, item: messageItem(segment, index, part.text, status) };
    });
}

/** Returns the items that a response has so far. */
export const outputOf = (...args: Parameters<typeof itemsOf>): OutputItem[] =>
  itemsOf(...args).flatMap(({ item }) => item ?? []);

function messageItem(
  { turnId }: ResponseSegment,
  index: number,
  text: string,
  status: MessageItem["status"],
): MessageItem {
  return {
    type: "message",
    id: `msg_${turnId.replaceAll("-", "")}_${index}`,
    role: "assistant",
    status,
    content: [{ type: "output_text", text, annotations: [], logprobs: [] }],
  };
}
