import { randomUUID } from "node:crypto";
import type { Table } from "#lib/contract/table.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import { type Tool, type ToolContext, ToolRefusal } from "#lib/tools/tool.ts";
import { checkInput } from "./check-input.ts";
import type { PlannedCall } from "./planned-call.ts";

interface RunParts {
  tools: readonly Tool[];
  telemetry: Telemetry;
  /** For a tool without a time of its own. */
  timeoutMs: number;
}

interface Ending {
  state: "done" | "failed" | "unknown";
  /** As long as the tool wrote it. */
  output: string;
  table?: Table | undefined;
}

/** No tool gets more time for one call, whatever it asks for. */
const longestTimeoutMs = 60_000;

/**
 * Runs a planned call until its tool returns, throws, or has used up its time.
 * @throws the signal's reason if the turn ends first, or Error if a call with an effect has no receipt
 */
export async function runCall(
  { tools, telemetry, timeoutMs: usualTimeoutMs }: RunParts,
  call: PlannedCall,
  context: ToolContext,
): Promise<Ending> {
  if (call.verdict === "refused") return failure(call.refusal ?? "the call is refused.");
  const tool = tools.find((candidate) => candidate.name === call.name);
  if (!tool) return failure("the tool no longer exists.");
  const isOnce = call.verdict !== "run" || tool.effect === "write";
  if (isOnce && !context.receiptId) throw new Error(`A call of ${tool.name} needs a receipt.`);
  const checked = checkInput(tool, call.input);
  if (!checked.isValid) return failure(`${checked.reason}.`);

  const timeoutMs = Math.min(tool.timeoutMs ?? usualTimeoutMs, longestTimeoutMs);
  const late = new AbortController();
  // AbortSignal.timeout cannot be cancelled: it would fire after each call, and make an exception with a stack.
  const timer = setTimeout(() => late.abort(new Error("The tool took too long.")), timeoutMs);
  const ended = AbortSignal.any([context.signal, late.signal]);
  try {
    const output = await Promise.race([
      tool.run(checked.value, { ...context, signal: ended }),
      rejectWhenAborted(ended),
    ]);
    const { text, table } = typeof output === "string" ? { text: output } : output;
    return { state: "done", output: text, table };
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof ToolRefusal) return failure(error.message);
    const isLate = late.signal.aborted;
    if (isLate && tool.effect !== "write") {
      return failure(`the tool took longer than ${timeoutMs / 1_000} seconds.`);
    }
    const reference = randomUUID().slice(0, 8);
    telemetry.error("tool.failed", error, { tool: tool.name, reference });
    if (tool.effect === "write") return { state: "unknown", output: "" };
    return { state: "failed", output: `The tool failed (reference ${reference}).` };
  } finally {
    clearTimeout(timer);
  }
}

const failure = (reason: string): Ending => ({ state: "failed", output: `Error: ${reason}` });

function rejectWhenAborted(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  if (signal.aborted) reject(signal.reason);
  signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  return promise;
}
