import { randomUUID } from "node:crypto";
import * as v from "valibot";
import type { ToolCall } from "#lib/contract/chat.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import { type Tool, ToolRefusal } from "./tool.ts";
import { areUnreadable } from "./tool-arguments.ts";

interface RunToolParts {
  tools: readonly Tool[];
  telemetry: Telemetry;
  /** How long one call may take; 10 s by default. */
  timeoutMs?: number | undefined;
  /** Called when the call starts and when the call ends. */
  onChange: (call: ToolCall) => void;
  signal: AbortSignal;
}

export interface ToolResult {
  state: "done" | "failed";
  /** For the model, in words that it can act on. */
  output: string;
}

const maxOutputBytes = 8 * 1024;

/**
 * Runs one tool call of the model. Returns every failure as a result that the model can read, so that the turn goes on.
 * @throws the signal's reason if the turn ends first
 */
export async function runTool(
  parts: RunToolParts,
  call: { id: string; name: string; input: unknown },
): Promise<ToolResult> {
  const { id, name, input } = call;
  const startedAt = performance.now();
  parts.onChange({ id, name, state: "running", input });
  const { state, output } = await execute(parts, call);
  parts.signal.throwIfAborted();

  const result: ToolResult = { state, output: toStorable(output) };
  const durationMs = Math.round(performance.now() - startedAt);
  measure(parts, name, state, durationMs);
  parts.onChange({ id, name, input, ...result, duration_ms: durationMs });
  return result;
}

async function execute(
  { tools, telemetry, signal, timeoutMs = 10_000 }: RunToolParts,
  { name, input }: { name: string; input: unknown },
): Promise<ToolResult> {
  const tool = tools.find((candidate) => candidate.name === name);
  if (!tool) {
    return failure(
      `there is no such tool. Use one of: ${tools.map(({ name }) => name).join(", ")}.`,
    );
  }
  if (areUnreadable(input)) return failure("the arguments are not a JSON object.");
  const parsed = v.safeParse(tool.input, input);
  if (!parsed.success)
    return failure(`the arguments are not valid: ${describeIssues(parsed.issues)}.`);

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
    if (timeout.aborted) return failure(`the tool took longer than ${timeoutMs / 1_000} seconds.`);
    if (error instanceof ToolRefusal) return failure(error.message);
    const reference = randomUUID().slice(0, 8);
    telemetry.error("tool.failed", error, { tool: name, reference });
    return { state: "failed", output: `The tool failed (reference ${reference}).` };
  }
}

function failure(reason: string): ToolResult {
  return { state: "failed", output: `Error: ${reason}` };
}

function describeIssues(issues: readonly v.BaseIssue<unknown>[]): string {
  return issues.map((issue) => `${v.getDotPath(issue) ?? "input"}: ${issue.message}`).join("; ");
}

function rejectWhenAborted(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  if (signal.aborted) reject(signal.reason);
  signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  return promise;
}

/** Cuts the output to 8 KB, fills a blank one, which Bedrock refuses, and removes NUL, which PostgreSQL refuses. */
function toStorable(output: string): string {
  const text = output.toWellFormed().replaceAll("\u0000", "");
  if (text.trim() === "") return "(no output)";
  const bytes = Buffer.from(text);
  if (bytes.length <= maxOutputBytes) return text;
  // In streaming mode the decoder drops a character that the limit has cut in half.
  const start = new TextDecoder().decode(bytes.subarray(0, maxOutputBytes), { stream: true });
  return `${start}\n… (cut after ${maxOutputBytes / 1024} KB)`;
}

function measure(
  { tools, telemetry }: RunToolParts,
  name: string,
  state: string,
  durationMs: number,
) {
  // A name that the model invented must not create another metric.
  const tool = tools.some((known) => known.name === name) ? name : "unknown";
  telemetry.info("tool.finished", { tool, state, duration_ms: durationMs });
  telemetry.measure("ToolCalls", 1, { tool });
  telemetry.measure("ToolDuration", durationMs, { tool });
  if (state === "failed") telemetry.measure("ToolErrors", 1, { tool });
}
