import { type Answer, type AnswerEvent, isDelta, type StopReason } from "./answer.ts";
import { textPieces, toolPieces } from "./answer-pieces.ts";
import { BedrockError, type ErrorType } from "./bedrock-error.ts";

/** What shall happen to one model call. Without `answer` the server's own model answers it. */
export interface Step {
  answer?: AnswerEvent[] | undefined;
  /** How the answer breaks, and after how many of its deltas; 0 is before the first byte. */
  interruption?: { afterDeltas: number; by: Interruption } | undefined;
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
