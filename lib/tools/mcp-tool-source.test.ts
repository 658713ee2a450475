import { afterEach, describe, expect, it } from "vitest";
import type { NoteStore } from "#lib/notes/note-store.ts";
import { readConfig } from "#lib/platform/config.ts";
import type { McpServer } from "#lib/platform/mcp-servers.ts";
import {
  type McpAnswers,
  type McpStandIn,
  sendError,
  sendEvents,
  sendResult,
  startMcpStandIn,
} from "#test/support/mcp-stand-in.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { toolContext } from "#test/support/tool-context.ts";
import { plainToolParts } from "#test/support/tools.ts";
import { builtInTools } from "./built-in-tools.ts";
import { createMcpToolSource } from "./mcp-tool-source.ts";
import { ownToolNames } from "./own-tool-names.ts";
import { ToolRefusal } from "./tool.ts";

const started: McpStandIn[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.close()));
});
async function start(options: Parameters<typeof startMcpStandIn>[0] = {}): Promise<McpStandIn> {
  const server = await startMcpStandIn(options);
  started.push(server);
  return server;
}

const never = new AbortController().signal;

function sourceOf(servers: readonly McpServer[], now?: () => number) {
  const { telemetry, lines } = recordingTelemetry();
  const source = createMcpToolSource({
    ...{ servers: async () => servers, version: "1.2.3", telemetry, now },
  });
  return { ...source, lines };
}

async function firstToolOf(standIn: McpStandIn, changes: Partial<McpServer> = {}) {
  const { tools } = await sourceOf([{ ...standIn.server, ...changes }]).load(never);
  const [tool] = tools;
  if (!tool) throw new Error("There is no tool.");
  return tool;
}

/** Calls the only tool of a server whose answer to a call is this one. */
async function call(
  answer: McpAnswers[string],
  { era, ...changes }: Partial<McpServer> & { era?: "2025" | "2026" } = {},
) {
  const standIn = await start({ answers: { "tools/call": answer }, ...(era && { era }) });
  const tool = await firstToolOf(standIn, changes);
  const context = toolContext({ receiptId: "receipt-1" });
  return { standIn, context, result: Promise.resolve(tool.run({}, context)) };
}

/** Nobody can know whether the call had an effect: the gate must not hear a refusal. */
async function expectUnknown(result: Promise<unknown>, reason: string) {
  await expect(result).rejects.toMatchObject({ name: "McpFailure", reason, mayHaveActed: true });
}
const refusal = (message: string) => ({ name: "ToolRefusal", message });

describe.each(["2026", "2025"] as const)("a server of %s", (era) => {
  it("offers its tools, and runs a call", async () => {
    const { standIn, context, result } = await call(
      () => ({ content: [{ type: "text", text: "Seven." }] }),
      { era, headers: { authorization: "Bearer key" } },
    );
    expect(await result).toBe("Seven.");
    const calls = standIn.requests.filter(({ message }) => message.method === "tools/call");
    expect(calls).toHaveLength(1);
    expect(calls[0]?.message.params).toMatchObject({
      ...{ name: "look", arguments: {} },
      _meta: { "idempotency-key": "receipt-1" },
    });
    expect(standIn.requests.every(({ headers }) => headers.authorization === "Bearer key")).toBe(
      true,
    );
    expect(context.reported).toEqual([]);
  });

  it("shows its progress, and its answer may come as a stream", async () => {
    const { context, result } = await call(
      ({ message: { id, params } }, response) => {
        const { progressToken } = Object(params?._meta);
        const progress = (part: number, message?: string) => ({
          ...{ jsonrpc: "2.0", method: "notifications/progress" },
          params: { progressToken, progress: part, total: 2, message },
        });
        const content = [{ type: "text", text: "Done." }];
        sendEvents(response, progress(1, "Half"), progress(2));
        sendEvents(response, { jsonrpc: "2.0", id, result: { resultType: "complete", content } });
        response.end();
      },
      { era },
    );
    expect(await result).toBe("Done.");
    expect(context.reported).toEqual(["Half (1 of 2)", "2 of 2"]);
  });

  it("fails at once when its stream ends without the result", async () => {
    const startedAt = performance.now();
    const { result } = await call(
      (_, response) => {
        sendEvents(response);
        response.end();
      },
      { era },
    );
    await expectUnknown(result, "broken_off");
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it("is told when the turn stops the call", async () => {
    const arrived = Promise.withResolvers<void>();
    const cut = Promise.withResolvers<void>();
    const standIn = await start({
      era,
      answers: {
        "tools/call": (_, response) => {
          arrived.resolve();
          response.once("close", cut.resolve);
        },
      },
    });
    const tool = await firstToolOf(standIn);
    const turn = new AbortController();
    const running = Promise.resolve(tool.run({}, toolContext({ signal: turn.signal })));
    await arrived.promise;
    turn.abort(new Error("The person has stopped the turn."));
    await expect(running).rejects.toThrow();
    await cut.promise;
    expect(standIn.methods().includes("notifications/cancelled")).toBe(era === "2025");
  });
});

it("a server of 2025 has a session for each use, and no stream for notifications", async () => {
  const standIn = await start({ era: "2025" });
  const tool = await firstToolOf(standIn);
  await tool.run({}, toolContext());
  const session = ["initialize", "notifications/initialized"];
  await expect.poll(() => standIn.methods().filter((method) => method === "").length).toBe(2);
  expect(standIn.methods().filter((method) => method !== "")).toEqual([
    ...["server/discover", ...session, "tools/list"],
    ...[...session, "tools/call"],
  ]);
  expect(standIn.requests.map(({ method }) => method)).not.toContain("GET");
  const ends = standIn.requests.filter(({ method }) => method === "DELETE");
  expect(ends.map(({ headers }) => headers["mcp-session-id"])).toEqual(["session-1", "session-1"]);
});

it("a server of 2026 is asked for its version once, and gets one request for a call", async () => {
  const standIn = await start();
  const tool = await firstToolOf(standIn);
  await tool.run({}, toolContext());
  await tool.run({}, toolContext());
  expect(standIn.methods()).toEqual(["server/discover", "tools/list", "tools/call", "tools/call"]);
  expect(standIn.requests[2]?.headers).toMatchObject({
    ...{ "mcp-method": "tools/call", "mcp-name": "look", "mcp-protocol-version": "2026-07-28" },
  });
});

describe("a tool that says that it failed", () => {
  const text = `Cannot look:\n\n${"x".repeat(300)}`;
  const shown = `Cannot look: ${"x".repeat(187)}…`;
  const answer = () => ({ content: [{ type: "text", text }], isError: true });

  it("is quoted, and may have changed something", async () => {
    const { result } = await call(answer);
    await expect(result).rejects.toMatchObject(
      refusal(
        `the tool of the server far says that it failed, perhaps after a part of its work: ${shown}`,
      ),
    );
  });

  it("has changed nothing if it only reads", async () => {
    const { result } = await call(answer, { reads: ["look"] });
    await expect(result).rejects.toMatchObject(
      refusal(`the tool of the server far says that it failed: ${shown}`),
    );
  });
});

describe("a call fails without an effect", () => {
  it("if the server refuses it", async () => {
    const { result } = await call(({ message }, response) =>
      sendError(response, message.id, -32_602, "Unknown tool: look"),
    );
    await expect(result).rejects.toMatchObject(
      refusal("the server far refused the request: Unknown tool: look"),
    );
  });

  it("if the tool wants an input from a person", async () => {
    const { result } = await call(({ message }, response) =>
      sendResult(response, message.id, {
        resultType: "input_required",
        inputRequests: { name: { method: "elicitation/create", params: { message: "Who?" } } },
      }),
    );
    await expect(result).rejects.toMatchObject(
      refusal(
        "the server far wants an input from a person in the middle of the call, which is not possible here.",
      ),
    );
  });

  it.each([
    [301, "redirects to another address, and no redirect is followed."],
    [401, "refuses this system's key."],
    [403, "refuses this system's key."],
    [404, "refused the request: status 404"],
    [429, "gets too many requests."],
    [503, "is not available."],
  ])("if the server answers with the status %i", async (status, sentence) => {
    const { standIn, result } = await call((_, response) => {
      response.writeHead(status, { location: "/elsewhere" }).end("<h1>secret</h1>");
    });
    await expect(result).rejects.toMatchObject(refusal(`the server far ${sentence}`));
    expect(standIn.methods().filter((method) => method === "tools/call")).toHaveLength(1);
  });

  it("if nobody listens any more", async () => {
    const standIn = await start();
    const tool = await firstToolOf(standIn);
    await standIn.close();
    started.pop();
    await expect(tool.run({}, toolContext())).rejects.toMatchObject(
      refusal("the server far could not be reached."),
    );
  });

  it("if a server of 2025 breaks off before the call", async () => {
    let calls = 0;
    const standIn = await start({
      era: "2025",
      answers: {
        initialize: (_, response) => {
          calls += 1;
          if (calls > 1) return void response.destroy();
          return {
            ...{ protocolVersion: "2025-11-25", capabilities: { tools: {} } },
            serverInfo: { name: "far", version: "1" },
          };
        },
      },
    });
    const tool = await firstToolOf(standIn);
    await expect(tool.run({}, toolContext())).rejects.toMatchObject(
      refusal("the server far broke off without a result."),
    );
  });
});

describe("nobody can know whether a call had an effect", () => {
  const answers: Record<string, [McpAnswers[string], string]> = {
    "hangs up": [(_, response) => void response.destroy(), "broken_off"],
    "dies in the middle of its answer": [
      (_, response) => {
        response.writeHead(200, { "content-type": "application/json", "content-length": 1_000 });
        response.write('{"jsonrpc"', () => response.destroy());
      },
      "broken_off",
    ],
    "dies in the middle of its stream": [
      (_, response) => {
        sendEvents(response, { jsonrpc: "2.0", method: "notifications/message", params: {} });
        setImmediate(() => response.destroy());
      },
      "broken_off",
    ],
    "answers with a page": [
      (_, response) => {
        response.writeHead(200, { "content-type": "text/html" }).end("<h1>Welcome</h1>");
      },
      "invalid",
    ],
    "answers with broken JSON": [
      (_, response) => {
        response.writeHead(200, { "content-type": "application/json" }).end("{]");
      },
      "invalid",
    ],
    "answers with JSON that is not JSON-RPC": [
      (_, response) => {
        response.writeHead(200, { "content-type": "application/json" }).end('{"ok":true}');
      },
      "invalid",
    ],
    "answers with a result of another form": [() => ({ content: "seen" }), "invalid"],
    "answers with 10 MB": [
      () => ({ content: [{ type: "text", text: "x".repeat(10 * 1024 * 1024) }] }),
      "too_large",
    ],
    "sends progress without an end": [
      ({ message: { params } }, response) => {
        const { progressToken } = Object(params?._meta);
        const write = (progress: number): void => {
          const message = "x".repeat(10_000);
          sendEvents(response, {
            ...{ jsonrpc: "2.0", method: "notifications/progress" },
            params: { progressToken, progress, message },
          });
          if (!response.destroyed) setImmediate(() => write(progress + 1));
        };
        write(1);
      },
      "too_large",
    ],
    "answers with the status 502": [
      (_, response) => void response.writeHead(502).end("Bad gateway"),
      "unavailable",
    ],
    "answers with an internal error": [
      ({ message }, response) => sendError(response, message.id, -32_603, "Internal"),
      "refused",
    ],
  };

  it.each(Object.entries(answers))("if the server %s", async (_, [answer, reason]) => {
    const { result } = await call(answer);
    await expectUnknown(result, reason);
  });

  it.each(["broken_off", "too_large"])("except if the tool only reads: %s", async (reason) => {
    const [answer] = Object.values(answers).find(([, one]) => one === reason) ?? [];
    const { result } = await call(answer ?? (() => {}), { reads: ["look"] });
    await expect(result).rejects.toThrow(ToolRefusal);
  });
});

describe("a server that is down", () => {
  it("leaves its tools out, and the others have theirs", async () => {
    const [near, far] = [await start({ name: "near" }), await start({ name: "far" })];
    await far.close();
    started.pop();
    const { load, lines } = sourceOf([far.server, near.server]);
    const { tools, isComplete } = await load(never);
    expect(tools.map(({ name }) => name)).toEqual(["near_look"]);
    expect(isComplete).toBe(false);
    expect(lines).toMatchObject([{ level: "warn", event: "mcp.server_down" }]);
  });

  it("is asked again after 30 s, and later after 60 s", async () => {
    let isUp = false;
    let nowMs = 1_000_000;
    const standIn = await start({
      answers: {
        "tools/list": ({ message }, response) => {
          if (!isUp) return void response.writeHead(503).end();
          sendResult(response, message.id, { tools: [], ttlMs: 60_000, cacheScope: "public" });
        },
      },
    });
    const { load } = sourceOf([standIn.server], () => nowMs);
    const lists = () => standIn.methods().filter((method) => method === "tools/list").length;
    const loadAfter = async (ms: number) => {
      nowMs += ms;
      return (await load(never)).isComplete;
    };
    expect(await loadAfter(0)).toBe(false);
    expect(await loadAfter(29_999)).toBe(false);
    expect(lists()).toBe(1);
    expect(await loadAfter(1)).toBe(false);
    expect(lists()).toBe(2);
    isUp = true;
    expect(await loadAfter(59_999)).toBe(false);
    expect(lists()).toBe(2);
    expect(await loadAfter(1)).toBe(true);
  });

  it("does not hold up a turn that gives up waiting", async () => {
    const [slow, quick] = [
      await start({ name: "slow", answers: { "tools/list": () => {} } }),
      await start({ name: "quick" }),
    ];
    const { load } = sourceOf([slow.server, quick.server]);
    const turn = new AbortController();
    const loading = load(turn.signal);
    const toolsNow = async () => (await load(AbortSignal.timeout(50))).tools.length;
    await expect.poll(toolsNow).toBe(1);
    turn.abort();
    const { tools, isComplete } = await loading;
    expect([tools.map(({ name }) => name), isComplete]).toEqual([["quick_look"], false]);
  });

  it.each([429, 503])(
    "is none of 2025, if it answers the first request with %i",
    async (status) => {
      const standIn = await start({
        era: "2025",
        answers: { "server/discover": (_, response) => void response.writeHead(status).end() },
      });
      expect((await sourceOf([standIn.server]).load(never)).isComplete).toBe(false);
      expect(standIn.methods()).toEqual(["server/discover"]);
    },
  );
});

describe("a list", () => {
  it("is used as long as it is fresh, and then while a new one is fetched", async () => {
    let nowMs = 1_000_000;
    let tools = [{ name: "look", inputSchema: { type: "object" } }];
    const standIn = await start({
      answers: { "tools/list": () => ({ tools, ttlMs: 20_000, cacheScope: "public" }) },
    });
    const { load } = sourceOf([standIn.server], () => nowMs);
    const first = await load(never);
    nowMs += 19_999;
    expect((await load(never)).tools).toBe(first.tools);

    tools = [{ name: "see", inputSchema: { type: "object" } }];
    nowMs += 1;
    expect((await load(never)).tools).toBe(first.tools);
    const namesNow = async () => (await load(never)).tools.map(({ name }) => name);
    await expect.poll(namesNow).toEqual(["far_see"]);
    expect(standIn.methods().filter((method) => method === "tools/list")).toHaveLength(2);
  });

  it("that a call has shown to be old is fetched again", async () => {
    const standIn = await start({
      answers: {
        "tools/call": ({ message }, response) =>
          sendError(response, message.id, -32_602, "Unknown tool"),
      },
    });
    const { load } = sourceOf([standIn.server]);
    const { tools } = await load(never);
    await expect(tools[0]?.run({}, toolContext())).rejects.toThrow("refused the request");
    await load(never);
    await expect.poll(() => standIn.methods().filter((one) => one === "tools/list").length).toBe(2);
  });

  it("without servers that can be read is incomplete", async () => {
    const { telemetry, lines } = recordingTelemetry();
    const source = createMcpToolSource({
      servers: () => Promise.reject(new Error("The secret is not usable.")),
      ...{ version: "1", telemetry },
    });
    expect(await source.load(never)).toEqual({ tools: [], isComplete: false });
    expect(lines).toMatchObject([{ level: "error", event: "mcp.servers_unreadable" }]);
  });
});

it("no server can take the name of a tool of this system", () => {
  const notes = {} as NoteStore;
  const config = readConfig({
    ...{ ENVIRONMENT: "aws", AWS_REGION: "us-east-1", RATE_LIMIT_TABLE: "rate-limit" },
    ...{ TOOL_WEB_SEARCH: "amazon", TOOL_MARKET_DATA: "fmp" },
    WEBHOOKS: '{"ops":"https://hooks.example.com/1"}',
  });
  const names = builtInTools({ ...plainToolParts, config, notes }).map(({ name }) => name);
  expect(names.length).toBeGreaterThanOrEqual(8);
  expect([...names, "sql_query"].filter((name) => !ownToolNames.has(name))).toEqual([]);
});

describe("a tool", () => {
  it("changes something, whatever its server says", async () => {
    const annotations = { readOnlyHint: true, destructiveHint: false, idempotentHint: true };
    const standIn = await start({
      tools: [{ name: "look", inputSchema: { type: "object" }, annotations }],
    });
    expect((await firstToolOf(standIn)).effect).toBe("write");
    expect((await firstToolOf(standIn, { reads: ["lo*"] })).effect).toBe("external_read");
    expect((await firstToolOf(standIn, { reads: ["other"] })).effect).toBe("write");
  });

  it("gets arguments only by its server's own schema", async () => {
    const { parse } = await import("valibot");
    const standIn = await start({
      tools: [
        {
          name: "look",
          inputSchema: {
            type: "object",
            properties: { at: { $ref: "#/$defs/place" } },
            required: ["at"],
            additionalProperties: false,
            $defs: { place: { type: "object", properties: { x: { type: "integer" } } } },
          },
        },
      ],
    });
    const { input } = await firstToolOf(standIn);
    expect(parse(input, { at: { x: 1 } })).toEqual({ at: { x: 1 } });
    for (const wrong of [{}, { at: { x: 1.5 } }, { at: {}, of: 1 }, [], null, "at"]) {
      expect(() => parse(input, wrong)).toThrow();
    }
  });
});
