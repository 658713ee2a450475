import { describe, expect, it } from "vitest";
import type { ToolCall } from "#lib/contract/chat.ts";
import { storableTools } from "./storable-tools.ts";

const calls = (count: number, output: string, input: unknown = {}): ToolCall[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `call-${i}`,
    name: "read_page",
    state: "done",
    input,
    output,
  }));

describe("storableTools", () => {
  it("keeps sixteen outputs of 64 KB of text whole", () => {
    const tools = calls(16, "a".repeat(65_536));
    expect(JSON.parse(storableTools(tools))).toEqual(tools);
  });

  it.each([
    ["control characters", "\u0001"],
    ["quotes", '"'],
    ["characters of three bytes", "語"],
    ["characters of two units", "😀"],
  ])("cuts outputs of %s to the size of a Lambda response", (_, sign) => {
    const json = storableTools(calls(16, sign.repeat(200_000)));
    const stored = JSON.parse(json) as ToolCall[];
    expect(stored).toHaveLength(16);
    for (const { output = "" } of stored) {
      expect(output.startsWith(sign.repeat(1_000))).toBe(true);
      expect(output).toContain("(cut: ");
      expect(output.isWellFormed()).toBe(true);
    }
    // The response is JSON inside JSON.
    expect(Buffer.byteLength(JSON.stringify(json))).toBeLessThan(4_500_000);
  });

  it("keeps tables, and drops them if the whole is too large", () => {
    const table = {
      ...{ columns: [{ name: "n", type: "number" as const }], rows: [[1]] },
      ...{ total_rows: 1, is_cut: false },
    };
    const small = calls(2, "one row").map((call) => ({ ...call, table }));
    expect(JSON.parse(storableTools(small))).toEqual(small);
    const large = calls(16, "\u0001".repeat(65_536)).map((call) => ({ ...call, table }));
    expect(storableTools(large)).not.toContain('"table"');
  });

  it("stores no progress", () => {
    const [call] = calls(1, "");
    if (!call) throw new Error("one call");
    expect(storableTools([{ ...call, progress: "reading" }])).toBe(storableTools([call]));
  });

  it("drops arguments that exceed their share and keeps the output", () => {
    const [tool] = JSON.parse(storableTools(calls(16, "output", "x".repeat(300_000))));
    expect(tool).toEqual({ id: "call-0", name: "read_page", state: "done", output: "output" });
  });
});
