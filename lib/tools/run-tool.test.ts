import * as v from "valibot";
import { describe, expect, it } from "vitest";
import type { ToolCall } from "#lib/contract/chat.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { runTool } from "./run-tool.ts";
import { defineTool, type Tool, ToolRefusal, toToolSpecification } from "./tool.ts";

const tool = (run: Tool<{ a: string }>["run"]) =>
  defineTool({
    name: "echo",
    description: "Says it again.",
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
  it("is told when it begins and when it is done", async () => {
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

  it("names the tools there are when the model asks for another", async () => {
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
  ])("explains what is wrong with the arguments %j", async (input, output) => {
    const { result } = start(() => "never", { input });
    expect((await result).output).toMatch(output);
  });

  it("tells the model why a tool refuses", async () => {
    const { result } = start(() => {
      throw new ToolRefusal("no such company.");
    });
    expect(await result).toEqual({ state: "failed", output: "Error: no such company." });
  });

  it("shows a reference instead of an unexpected error, whose cause only the log has", async () => {
    const cause = new Error("postgres://user:hunter2@host");
    const { result, lines, measured } = start(() => Promise.reject(cause));
    const { state, output } = await result;
    expect(state).toBe("failed");
    expect(output).toMatch(/^The tool failed \(reference [0-9a-f]{8}\)\.$/);
    expect(lines).toContainEqual({ level: "error", event: "tool.failed", cause });
    expect(measured).toContainEqual({ metric: "ToolErrors", value: 1 });
  });

  it("is ended when it takes too long, and can know it", async () => {
    let known: AbortSignal | undefined;
    const { result } = start((_, { signal }) => {
      known = signal;
      return forever();
    });
    expect((await result).output).toBe("Error: the tool took longer than 0.02 seconds.");
    expect(known?.aborted).toBe(true);
  });

  it("ends with the turn and says nothing more", async () => {
    const { result, changes, turn } = start(forever);
    const reason = new Error("stop");
    turn.abort(reason);
    await expect(result).rejects.toBe(reason);
    expect(changes).toHaveLength(1);
  });

  it("may say 8 KB and never breaks a character", async () => {
    const { result } = start(() => "€".repeat(10_000));
    const { output } = await result;
    const [said = "", note] = output.split("\n");
    expect(Buffer.byteLength(said)).toBe(8_190);
    expect(said).toMatch(/^€+$/);
    expect(note).toBe("… (cut after 8 KB)");
  });

  it.each([
    ["", "(no output)"],
    [" \n", "(no output)"],
    ["a\u0000b\ud800", "ab\ufffd"],
  ])("turns the output %j into %j, which can be stored", async (said, output) => {
    const { result } = start(() => said);
    expect(await result).toEqual({ state: "done", output });
  });
});

it("a tool's schema is told in the three keys that every model reads", () => {
  const { toolSpec } = toToolSpecification(tool(() => ""));
  expect(toolSpec).toEqual({
    name: "echo",
    description: "Says it again.",
    inputSchema: {
      json: {
        type: "object",
        properties: { a: { type: "string", maxLength: 3 } },
        required: ["a"],
      },
    },
  });
});
