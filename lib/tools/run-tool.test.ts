import * as v from "valibot";
import { describe, expect, it } from "vitest";
import type { ToolCall } from "#lib/contract/chat.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { runTool } from "./run-tool.ts";
import { defineTool, type Tool, ToolRefusal } from "./tool.ts";

const tool = (run: Tool<{ a: string }>["run"]) =>
  defineTool({
    name: "echo",
    description: "Repeats its input.",
    input: v.object({ a: v.pipe(v.string(), v.maxLength(3, "is too long")) }),
    run,
  });

function start(
  run: Tool<{ a: string }>["run"],
  call: Partial<{ name: string; input: unknown }> = {},
) {
  const changes: ToolCall[] = [];
  const turn = new AbortController();
  const { telemetry, lines, measured } = recordingTelemetry();
  const result = runTool(
    {
      tools: [tool(run)],
      telemetry,
      timeoutMs: 20,
      onChange: (change) => changes.push(change),
      signal: turn.signal,
    },
    { id: "1", name: "echo", input: { a: "hi" }, ...call },
  );
  return { result, changes, turn, lines, measured };
}
const forever = () => new Promise<string>(() => {});

describe("a tool call", () => {
  it("notifies its start and its end", async () => {
    const { result, changes, measured } = start(({ a }) => `${a} ${a}`);
    expect(await result).toEqual({ state: "done", output: "hi hi" });
    expect(changes).toEqual([
      { id: "1", name: "echo", state: "running", input: { a: "hi" } },
      {
        ...{ id: "1", name: "echo", state: "done", input: { a: "hi" }, output: "hi hi" },
        duration_ms: expect.any(Number),
      },
    ]);
    expect(measured.map(({ metric }) => metric)).toEqual(["ToolCalls", "ToolDuration"]);
  });

  it("an unknown tool fails with the names of the known ones", async () => {
    const { result } = start(() => "", { name: "sql_query" });
    expect(await result).toEqual({
      state: "failed",
      output: "Error: there is no such tool. Use one of: echo.",
    });
  });

  it.each([
    [{ a: "long" }, "Error: the arguments are not valid: a: is too long."],
    ["{}", /^Error: the arguments are not valid: input: /],
    [{}, /^Error: the arguments are not valid: a: /],
  ])("the arguments %j fail with the reason", async (input, output) => {
    const { result } = start(() => "never", { input });
    expect((await result).output).toMatch(output);
  });

  it("a refusal fails with its reason", async () => {
    const { result } = start(() => {
      throw new ToolRefusal("no such company.");
    });
    expect(await result).toEqual({ state: "failed", output: "Error: no such company." });
  });

  it("an unexpected error shows a reference, and its cause goes to the log", async () => {
    const cause = new Error("postgres://user:hunter2@host");
    const { result, lines, measured } = start(() => Promise.reject(cause));
    const { state, output } = await result;
    expect(state).toBe("failed");
    expect(output).toMatch(/^The tool failed \(reference [0-9a-f]{8}\)\.$/);
    expect(lines).toContainEqual({ level: "error", event: "tool.failed", cause });
    expect(measured).toContainEqual({ metric: "ToolErrors", value: 1 });
  });

  it("a slow tool fails and its signal aborts", async () => {
    let toolSignal: AbortSignal | undefined;
    const { result } = start((_, { signal }) => {
      toolSignal = signal;
      return forever();
    });
    expect((await result).output).toBe("Error: the tool took longer than 0.02 seconds.");
    expect(toolSignal?.aborted).toBe(true);
  });

  it("the end of the turn is thrown and nothing more is notified", async () => {
    const { result, changes, turn } = start(forever);
    const reason = new Error("stop");
    turn.abort(reason);
    await expect(result).rejects.toBe(reason);
    expect(changes).toHaveLength(1);
  });

  it("the output is cut after 8 KB, between two characters", async () => {
    const { result } = start(() => "€".repeat(10_000));
    const { output } = await result;
    const [kept = "", note] = output.split("\n");
    expect(Buffer.byteLength(kept)).toBe(8_190);
    expect(kept).toMatch(/^€+$/);
    expect(note).toBe("… (cut after 8 KB)");
  });

  it.each([
    ["", "(no output)"],
    [" \n", "(no output)"],
    ["a\u0000b\ud800", "ab\ufffd"],
  ])("the output %j becomes %j", async (written, output) => {
    const { result } = start(() => written);
    expect(await result).toEqual({ state: "done", output });
  });
});
