import { type Answer, type AnswerEvent, isDelta, type StopReason } from "./answer.ts";
import { textPieces, toolPieces } from "./answer-pieces.ts";
import { BedrockError, type ErrorType } from "./bedrock-error.ts";
import { eventFrame, eventStreamType, exceptionFrame } from "./event-stream.ts";

/** What shall happen to one model call. Without `answer` the server's own model answers it. */
export interface Step {
  answer?: AnswerEvent[] | undefined;
  /** How the answer breaks, and after how many of its deltas; 0 is before the first byte. */
  interruption?: { afterDeltas: number; by: Interruption } | undefined;
  /** What the network does to the bytes of a streamed answer. */
  bytes?: ByteFault | undefined;
  /** Sent in place of any answer, whether Bedrock would ever send it or not. */
  response?: RawResponse | undefined;
}

/** A place in the body of a streamed answer, counted in bytes from 0. */
export type ByteFault =
  /** So many bytes arrive, then the connection is destroyed. */
  | { type: "cut"; after: number }
  /** This byte arrives with all its bits turned. */
  | { type: "flip"; at: number };

export interface RawResponse {
  status: number;
  headers?: Record<string, string> | undefined;
  body?: string | Uint8Array | undefined;
  /** The response does not end before the gate is released: silence after the body, or after the head alone. */
  gate?: Gate | undefined;
}

export type Interruption =
  | { type: "exception"; name: ErrorType; message: string; retryAfterSeconds?: number | undefined }
  /** The connection is destroyed. */
  | { type: "cut" }
  /** The answer ends in good order, but without `messageStop`. */
  | { type: "end" }
  /** Nothing comes until the test releases the gate; then the answer goes on. */
  | { type: "stall"; gate: Gate };

/** A queue of steps: each of the next model calls takes one. Calls that find it empty run as usual. */
export interface Faults {
  add(...steps: Step[]): void;
  /** Holds the next call's own answer after so many deltas, until the gate is released. */
  hold(options: { afterDeltas: number }): Gate;
  take(): Step | undefined;
  /** Steps that no call has taken yet. */
  readonly waiting: number;
  clear(): void;
}

export function createFaults(): Faults {
  const steps: Step[] = [];
  return {
    add: (...more) => void steps.push(...more),
    hold({ afterDeltas }) {
      const gate = createGate();
      steps.push(interrupt({}, afterDeltas, stall(gate)));
      return gate;
    },
    take: () => steps.shift(),
    get waiting() {
      return steps.length;
    },
    clear: () => void steps.splice(0),
  };
}

/** The call is refused with this error and its status. */
export function refuse(
  name: ErrorType,
  options: { message?: string; retryAfterSeconds?: number } = {},
): Step {
  const { message = `Scripted ${name}.`, retryAfterSeconds } = options;
  return {
    interruption: { afterDeltas: 0, by: { type: "exception", name, message, retryAfterSeconds } },
  };
}

/** The model says exactly this, a word at a time. */
export function say(text: string, reason: StopReason = "end_turn"): Step {
  return answer(textPieces(text), reason);
}

/** The model calls these tools, after an optional text. Ids are `tooluse_scripted_<n>`, never the same twice. */
export function callTools(calls: { name: string; input: object; id?: string }[], text = ""): Step {
  return answer(
    [
      ...textPieces(text),
      ...calls.flatMap(({ name, input, id }) => toolCall(name, JSON.stringify(input), id)),
    ],
    "tool_use",
  );
}

/** The model says exactly these pieces and stops for this reason. */
export function answer(pieces: AnswerEvent[], reason: StopReason): Step {
  return { answer: [...pieces, { type: "stop", reason }] };
}

/** The pieces of one tool call; `json` may be cut, to see that nobody runs it. */
export function toolCall(name: string, json: string, id = scriptedId()): AnswerEvent[] {
  return toolPieces(id, name, json);
}

/** The step, broken after so many deltas. */
export function interrupt(step: Step, afterDeltas: number, by: Interruption): Step {
  return { ...step, interruption: { afterDeltas, by } };
}

/** The step, whose connection is destroyed after so many bytes of its body. */
export function cutAtByte(step: Step, after: number): Step {
  return { ...step, bytes: { type: "cut", after } };
}

/** The step, with one byte of its body spoilt. */
export function flipByte(step: Step, at: number): Step {
  return { ...step, bytes: { type: "flip", at } };
}

/** Any response at all: a proxy's page, an empty body, a status that Bedrock does not document. */
export function respond(status: number, response: Omit<RawResponse, "status"> = {}): Step {
  return { response: { status, ...response } };
}

/** Any events at all, by name and payload, also those that Bedrock does not send today. */
export function sendEvents(...events: [name: string, payload: object][]): Step {
  return sendFrames(...events.map(([name, payload]) => eventFrame(name, payload)));
}

/** An exception frame of any name, after these events. */
export function throwInStream(name: string, ...events: [name: string, payload: object][]): Step {
  const frames = events.map(([event, payload]) => eventFrame(event, payload));
  return sendFrames(...frames, exceptionFrame(name, { message: `Scripted ${name}.` }));
}

function sendFrames(...frames: Uint8Array[]): Step {
  return respond(200, {
    headers: { "content-type": eventStreamType },
    body: Buffer.concat(frames),
  });
}

/** Passes on the bytes of a body one piece after the other, as the fault lets them through. */
export function createByteFilter(
  fault: ByteFault | undefined,
): (piece: Uint8Array) => { bytes: Uint8Array; isCut: boolean } {
  let passed = 0;
  return (piece) => {
    const start = passed;
    passed += piece.length;
    if (fault?.type === "cut" && passed >= fault.after) {
      return { bytes: piece.subarray(0, fault.after - start), isCut: true };
    }
    if (fault?.type !== "flip" || fault.at < start || fault.at >= passed) {
      return { bytes: piece, isCut: false };
    }
    const spoilt = (byte: number, index: number) => (index === fault.at - start ? ~byte : byte);
    return { bytes: piece.map(spoilt), isCut: false };
  };
}

export const cut: Interruption = { type: "cut" };
export const end: Interruption = { type: "end" };

export function exception(name: ErrorType, message = `Scripted ${name}.`): Interruption {
  return { type: "exception", name, message };
}

export function stall(gate: Gate): Interruption {
  return { type: "stall", gate };
}

/** Lets a test hold an answer for as long as it likes. */
export interface Gate {
  /** Settles once an answer waits at the gate. */
  readonly reached: Promise<void>;
  release(): void;
  /** Used by the server. Rejects when the signal is aborted. */
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
      return Promise.race([released.promise, rejection(signal)]);
    },
  };
}

/** Thrown through the stages of an answer when its connection shall be destroyed. */
export class ConnectionCut extends Error {
  override readonly name = "ConnectionCut";
}

/** The same answer, broken where the step says. */
export async function* interrupted(
  answerToBreak: Answer,
  interruption: Step["interruption"],
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent> {
  let deltas = 0;
  if (interruption?.afterDeltas === 0 && (await strike(interruption.by, signal)) === "end") return;
  for await (const event of answerToBreak) {
    yield event;
    if (!isDelta(event)) continue;
    deltas += 1;
    if (deltas === interruption?.afterDeltas) {
      if ((await strike(interruption.by, signal)) === "end") return;
    }
  }
}

async function strike(by: Interruption, signal: AbortSignal): Promise<"end" | "go on"> {
  switch (by.type) {
    case "exception":
      throw new BedrockError(by.name, by.message, { retryAfterSeconds: by.retryAfterSeconds });
    case "cut":
      throw new ConnectionCut();
    case "end":
      return "end";
    case "stall":
      await by.gate.wait(signal);
      return "go on";
  }
}

let scriptedCalls = 0;
function scriptedId(): string {
  scriptedCalls += 1;
  return `tooluse_scripted_${scriptedCalls}`;
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
