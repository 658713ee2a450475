import { randomInt } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import {
  type CallToolResult,
  createMcpHandler,
  fromJsonSchema,
  McpServer,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { idempotencyMeta } from "#lib/mcp/idempotency-meta.ts";
import { convertUnits, unitNames } from "./convert-units.ts";
import { createOfficePlants } from "./office-plants.ts";

/** Makes the sample's tools. The protocol is served in its version of 2026-07-28, and in those of 2025. */
export function createSample({ pauseMs = 300 }: { pauseMs?: number | undefined }) {
  const office = createOfficePlants(() => new Date());

  function createServer(): McpServer {
    const server = new McpServer(
      { name: "sample", version: "1.0.0" },
      { instructions: "Sample tools of this repository." },
    );
    server.registerTool(
      "roll_dice",
      {
        description: "Rolls dice and returns each result and the sum.",
        inputSchema: object<{ count?: number; sides?: number }>({
          count: { type: "integer", minimum: 1, maximum: 20, default: 1 },
          sides: { type: "integer", minimum: 2, maximum: 100, default: 6 },
        }),
      },
      ({ count = 1, sides = 6 }) => {
        const rolls = Array.from({ length: count }, () => randomInt(1, sides + 1));
        return json({ rolls, sum: rolls.reduce((sum, roll) => sum + roll, 0) });
      },
    );
    server.registerTool(
      "convert_units",
      {
        description: "Converts a length, mass, volume or temperature from one unit to another.",
        inputSchema: object<{ value: number; from: string; to: string }>(
          {
            value: { type: "number" },
            from: { type: "string", description: `One of: ${unitNames.join(", ")}` },
            to: { type: "string", description: "The unit of the result" },
          },
          ["value", "from", "to"],
        ),
      },
      ({ value, from, to }) => {
        try {
          return text(`${value} ${from} = ${convertUnits(value, from, to)} ${to}`);
        } catch (error) {
          if (error instanceof RangeError) return failure(error.message);
          throw error;
        }
      },
    );
    server.registerTool(
      "count_slowly",
      {
        description: "Counts aloud, about three numbers a second, and shows how far it is.",
        inputSchema: object<{ to?: number }>({
          to: { type: "integer", minimum: 1, maximum: 50, default: 10 },
        }),
      },
      async ({ to = 10 }, context) => {
        for (let number = 1; number <= to; number += 1) {
          await setTimeout(pauseMs, undefined, { signal: context.mcpReq.signal });
          await report(context, number, to);
        }
        return text(`Counted to ${to}.`);
      },
    );
    server.registerTool(
      "office_plants",
      { description: "Lists the plants of the sample office and when each was watered last." },
      () => json({ plants: office.plants }),
    );
    server.registerTool(
      "water_plant",
      {
        description: "Waters one plant of the sample office.",
        inputSchema: object<{ plant: string }>(
          { plant: { type: "string", description: "The plant's name" } },
          ["plant"],
        ),
      },
      ({ plant }, { mcpReq }) => {
        const key = mcpReq._meta?.[idempotencyMeta];
        const watering = office.water(plant, typeof key === "string" ? key : undefined);
        if (!watering) {
          const names = office.plants.map(({ name }) => name).join(", ");
          return failure(`There is no plant "${plant}". There are: ${names}.`);
        }
        const { name, room, wateredAt } = watering.plant;
        const done = watering.isRepeated ? "had its water already" : "has got its water";
        return text(`The ${name} (${room}) ${done}: ${wateredAt}.`);
      },
    );
    return server;
  }
  return { handler: createMcpHandler(createServer), plants: office.plants };
}

const object = <Input>(properties: Record<string, object>, required: string[] = []) =>
  fromJsonSchema<Input>({ type: "object", properties, required, additionalProperties: false });

const text = (words: string): CallToolResult => ({ content: [{ type: "text", text: words }] });

const failure = (words: string): CallToolResult => ({ ...text(words), isError: true });

const json = (value: Record<string, unknown>): CallToolResult => ({
  ...text(JSON.stringify(value)),
  structuredContent: value,
});

/** Only a client that asked for progress gets it. */
async function report({ mcpReq }: ServerContext, progress: number, total: number): Promise<void> {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return;
  await mcpReq.notify({
    method: "notifications/progress",
    params: { progressToken, progress, total, message: "Counting" },
  });
}
