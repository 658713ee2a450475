import { type AnswerEvent, type StopReason, textEvents, toolCallEvents } from "./answer.ts";
import type { ErrorType } from "./bedrock-error.ts";
import { eventFrame, eventFramesType, exceptionFrame } from "./event-frame.ts";

/** What a test decides about one model call. Without `answer` the server's own model answers the call. */
export interface ScriptedCall {
  answer?: AnswerEvent[] | undefined;
  /** Breaks the answer after this many deltas. 0 means before the first byte. */
  interruption?: { afterDeltas: number; by: Interruption } | undefined;
  /** Damages the bytes of a streamed answer. */
  bytes?: ByteFault | undefined;
  /** Replaces the whole HTTP response, also by one that Bedrock never sends. */
  response?: RawResponse | undefined;
}

/** Damage at one position in the body of a streamed answer, counted in bytes from 0. */
export type ByteFault =
  /** The server sends `after` bytes, then destroys the connection. */
  | { type: "cut"; after: number }
  /** The server inverts all bits of this byte. */
  | { type: "flip"; at: number };

export interface RawResponse {
  status: number;
  headers?: Record<string, string> | undefined;
  body?: string | Uint8Array | undefined;
  /** The server sends head and body, then keeps the response open until the test releases the gate. */
  gate?: Gate | undefined;
}

export type Interruption =
  | { type: "exception"; name: ErrorType; message: string; retryAfterSeconds?: number | undefined }
  /** The server destroys the connection. */
  | { type: "cut" }
  /** The stream ends normally, but without `messageStop`. */
  | { type: "end" }
  /** The server sends nothing until the test releases the gate, then continues the answer. */
  | { type: "stall"; gate: Gate };

/** A queue of scripted calls. Each model call takes the next entry; the server's own model answers when none is left. */
export interface Script {
  add(...calls: ScriptedCall[]): void;
  /** Pauses the next call's unscripted answer after this many deltas, until the gate is released. */
  hold(options: { afterDeltas: number }): Gate;
  /** Scripts the next call that names a conversation. No other entry is for such a call, which nobody can time. */
  addTitle(call: ScriptedCall): void;
  /** Removes and returns the next entry for a call, which may be one that names a conversation. */
  take(call: { isForTitle: boolean }): ScriptedCall | undefined;
  /** How many entries no call has taken yet. */
  readonly remaining: number;
  clear(): void;
}

export function createScript(): Script {
  const calls: ScriptedCall[] = [];
  const titles: ScriptedCall[] = [];
  return {
    add: (...more) => void calls.push(...more),
    hold({ afterDeltas }) {
      const gate = createGate();
      calls.push(interrupt({}, afterDeltas, stall(gate)));
      return gate;
    },
    addTitle: (call) => void titles.push(call),
    take: ({ isForTitle }) => (isForTitle ? titles : calls).shift(),
    get remaining() {
      return calls.length;
    },
    clear() {
      calls.splice(0);
      titles.splice(0);
    },
  };
}

/** The model answers with this text, one word per delta. */
export function answerWith(text: string, reason: StopReason = "end_turn"): ScriptedCall {
  return answerWithEvents(textEvents(text), reason);
}

/** The model answers with these events and stops for this reason. */
export function answerWithEvents(events: AnswerEvent[], reason: StopReason): ScriptedCall {
  return { answer: [...events, { type: "stop", reason }] };
}

/** The model calls these tools, after an optional text. Default ids are unique: `tooluse_scripted_<n>`. */
export function callTools(
  calls: { name: string; input: object; id?: string }[],
  text = "",
): ScriptedCall {
  return answerWithEvents(
    [
      ...textEvents(text),
      ...calls.flatMap(({ name, input, id }) => scriptedToolCall(name, JSON.stringify(input), id)),
    ],
    "tool_use",
  );
}

/** The events of one tool call. `json` may be incomplete, to test that no tool runs on it. */
export function scriptedToolCall(name: string, json: string, id = scriptedId()): AnswerEvent[] {
  return toolCallEvents(id, name, json);
}

/** Bedrock refuses the call with this error and the status that belongs to the error. */
export function refuseWith(
  name: ErrorType,
  options: { message?: string; retryAfterSeconds?: number } = {},
): ScriptedCall {
  const { message = `Scripted ${name}.`, retryAfterSeconds } = options;
  return {
    interruption: { afterDeltas: 0, by: { type: "exception", name, message, retryAfterSeconds } },
  };
}

/** The server sends any response: a proxy's page, an empty body, a status that Bedrock does not document. */
export function respondWith(
  status: number,
  response: Omit<RawResponse, "status"> = {},
): ScriptedCall {
  return { response: { status, ...response } };
}

/** The server streams any events, by name and payload, also those that Bedrock does not send today. */
export function sendEvents(...events: [name: string, payload: object][]): ScriptedCall {
  return sendFrames(...events.map(([name, payload]) => eventFrame(name, payload)));
}

/** The server streams these events, then an exception frame of any name. */
export function throwInStream(
  name: string,
  ...events: [name: string, payload: object][]
): ScriptedCall {
  const frames = events.map(([event, payload]) => eventFrame(event, payload));
  return sendFrames(...frames, exceptionFrame(name, { message: `Scripted ${name}.` }));
}

/** Returns the call with its answer interrupted after this many deltas. */
export function interrupt(call: ScriptedCall, afterDeltas: number, by: Interruption): ScriptedCall {
  return { ...call, interruption: { afterDeltas, by } };
}

/** Returns the call with its connection destroyed after this many bytes of the body. */
export function cutAtByte(call: ScriptedCall, after: number): ScriptedCall {
  return { ...call, bytes: { type: "cut", after } };
}

/** Returns the call with one byte of its body inverted. */
export function flipByte(call: ScriptedCall, at: number): ScriptedCall {
  return { ...call, bytes: { type: "flip", at } };
}

export const cut: Interruption = { type: "cut" };
export const end: Interruption = { type: "end" };

export function exception(name: ErrorType, message = `Scripted ${name}.`): Interruption {
  return { type: "exception", name, message };
}

export function stall(gate: Gate): Interruption {
  return { type: "stall", gate };
}

/** Lets a test pause an answer for as long as the test needs. */
export interface Gate {
  /** Resolves once an answer waits at the gate. */
  readonly reached: Promise<void>;
  release(): void;
  /** Resolves when the test releases the gate; rejects when the signal is aborted. The server calls it. */
  wait(signal: AbortSignal): Promise<void>;
}

export function createGate(): Gate {
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  return {
    reached: reached.promise,
    release: released.resolve,
    wait(signal) {
      reached.resolve();
      return Promise.race([released.promise, rejectOnAbort(signal)]);
    },
  };
}

function sendFrames(...frames: Uint8Array[]): ScriptedCall {
  return respondWith(200, {
    headers: { "content-type": eventFramesType },
    body: Buffer.concat(frames),
  });
}

let scriptedCalls = 0;
function scriptedId(): string {
  scriptedCalls += 1;
  return `tooluse_scripted_${scriptedCalls}`;
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
