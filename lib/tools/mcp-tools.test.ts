import { expect, it } from "vitest";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { createMcpTools } from "./mcp-tools.ts";

it("code that could not be loaded is loaded again in the next turn", async () => {
  const { telemetry, lines } = recordingTelemetry();
  let loads = 0;
  const source = createMcpTools({ servers: async () => [], version: "1", telemetry }, async () => {
    loads += 1;
    if (loads === 1) throw new Error("There are too many open files.");
    return import("./mcp-tool-source.ts");
  });
  const { signal } = new AbortController();
  expect(await source.load(signal)).toEqual({ tools: [], isComplete: false });
  expect(lines.map(({ event }) => event)).toEqual(["mcp.code_not_loaded"]);
  expect(await source.load(signal)).toEqual({ tools: [], isComplete: true });
  await source.load(signal);
  expect(loads).toBe(2);
});
