import { type Answer, type AnswerEvent, isDelta } from "./answer.ts";
import { BedrockError } from "./bedrock-error.ts";
import type { ByteFault, Interruption, ScriptedCall } from "./script.ts";

/** Thrown while an answer is sent when the script wants its connection destroyed. */
export class ConnectionCut extends Error {
  override readonly name = "ConnectionCut";
}

/** Yields the answer until the scripted interruption; continues after a stall. Throws BedrockError or ConnectionCut. */
export async function* breakAnswer(
  answer: Answer,
  interruption: ScriptedCall["interruption"],
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent> {
  let deltas = 0;
  if (interruption?.afterDeltas === 0 && (await strike(interruption.by, signal)) === "end") return;
  for await (const event of answer) {
    yield event;
    if (!isDelta(event)) continue;
    deltas += 1;
    if (deltas === interruption?.afterDeltas) {
      if ((await strike(interruption.by, signal)) === "end") return;
    }
  }
}

async function strike(by: Interruption, signal: AbortSignal): Promise<"end" | "continue"> {
  switch (by.type) {
    case "exception":
      throw new BedrockError(by.name, by.message, { retryAfterSeconds: by.retryAfterSeconds });
    case "cut":
      throw new ConnectionCut();
    case "end":
      return "end";
    case "stall":
      await by.gate.wait(signal);
      return "continue";
  }
}

/** Returns a function that damages the pieces of one body, given in order, as the fault demands. */
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
    const flipped = (byte: number, index: number) => (index === fault.at - start ? ~byte : byte);
    return { bytes: piece.map(flipped), isCut: false };
  };
}
