import { randomUUID } from "node:crypto";
import * as v from "valibot";
import type { ToolCall } from "#lib/contract/chat.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import { type Tool, ToolRefusal } from "./tool.ts";
import { areUnreadable } from "./tool-arguments.ts";

interface RunToolParts {
  tools: readonly Tool[];
  telemetry: Telemetry;
  /** Time that one call may take. */
  timeoutMs?: number | undefined;
  /** Hears of the call when it begins and when it ends. */
  onChange: (call: ToolCall) => void;
  signal: AbortSignal;
}

export interface ToolResult {
  state: "done" | "failed";
  /** What the model sees; errors are worded for it. */
  output: string;
}

const maxOutputBytes = 8 * 1024;

/**
 * Runs one call of the model. Whatever goes wrong becomes a result that the model can read, so that
 * the turn goes on; only the end of the turn itself (`signal`) is thrown.
 */
export async function runTool(
  parts: RunToolParts,
  call: { id: string; name: string; input: unknown },
): Promise<ToolResult> {
  const { id, name, input } = call;
  const startedAt = performance.now();
  parts.onChange({ id, name, state: "running", input });
  const { state, output } = await answer(parts, call);
  parts.signal.throwIfAborted();

  const result: ToolResult = { state, output: storable(output) };
  const durationMs = Math.round(performance.now() - startedAt);
  report(parts, name, state, durationMs);
  parts.onChange({ id, name, input, ...result, duration_ms: durationMs });
  return result;
}

async function answer(
  { tools, telemetry, signal, timeoutMs = 10_000 }: RunToolParts,
  { name, input }: { name: string; input: unknown },
): Promise<ToolResult> {
  const tool = tools.find((candidate) => candidate.name === name);
  if (!tool) {
    return failed(
      `there is no such tool. Use one of: ${tools.map(({ name }) => name).join(", ")}.`,
    );
  }
  if (areUnreadable(input)) return failed("the arguments are not a JSON object.");
  const parsed = v.safeParse(tool.input, input);
  if (!parsed.success) return failed(`the arguments are not valid: ${explain(parsed.issues)}.`);

  const timeout = AbortSignal.timeout(timeoutMs);
  const ended = AbortSignal.any([signal, timeout]);
  try {
    const output = await Promise.race([
      tool.run(parsed.output, { signal: ended }),
      rejectWhenAborted(ended),
    ]);
    return { state: "done", output };
  } catch (error) {
    signal.throwIfAborted();
    if (timeout.aborted) return failed(`the tool took longer than ${timeoutMs / 1_000} seconds.`);
    if (error instanceof ToolRefusal) return failed(error.message);
    const reference = randomUUID().slice(0, 8);
    telemetry.error("tool.failed", error, { tool: name, reference });
    return { state: "failed", output: `The tool failed (reference ${reference}).` };
  }
}

function failed(reason: string): ToolResult {
  return { state: "failed", output: `Error: ${reason}` };
}

function explain(issues: readonly v.BaseIssue<unknown>[]): string {
  return issues.map((issue) => `${v.getDotPath(issue) ?? "input"}: ${issue.message}`).join("; ");
}

function rejectWhenAborted(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  if (signal.aborted) reject(signal.reason);
  signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  return promise;
}

/** Bounded, never blank (Bedrock refuses blank results), and without what Postgres cannot store. */
function storable(output: string): string {
  const text = output.toWellFormed().replaceAll("\u0000", "");
  if (text.trim() === "") return "(no output)";
  const bytes = Buffer.from(text);
  if (bytes.length <= maxOutputBytes) return text;
  // In streaming mode the decoder leaves out a character that was cut in half.
  const start = new TextDecoder().decode(bytes.subarray(0, maxOutputBytes), { stream: true });
  return `${start}\n… (cut after ${maxOutputBytes / 1024} KB)`;
}

function report(
  { tools, telemetry }: RunToolParts,
  name: string,
  state: string,
  durationMs: number,
) {
  // A name that the model made up would be a metric of its own.
  const tool = tools.some((known) => known.name === name) ? name : "unknown";
  telemetry.info("tool.finished", { tool, state, duration_ms: durationMs });
  telemetry.measure("ToolCalls", 1, { tool });
  telemetry.measure("ToolDuration", durationMs, { tool });
  if (state === "failed") telemetry.measure("ToolErrors", 1, { tool });
}
