import * as v from "valibot";
import { describe, expect, it, vi } from "vitest";
import type { ToolCall } from "#lib/contract/chat.ts";
import type { Source } from "#lib/contract/source.ts";
import type { Table } from "#lib/contract/table.ts";
import type { PolicyRule } from "#lib/platform/tool-policy.ts";
import { defineTool, type Tool, type ToolEffect, ToolRefusal } from "#lib/tools/tool.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { createGate } from "./gate.ts";

type Run = Tool<{ a: string }>["run"];

const tool = (run: Run, effect: ToolEffect = "none") =>
  defineTool({
    name: "echo",
    description: "Repeats its input.",
    input: v.object({ a: v.pipe(v.string(), v.maxLength(3, "is too long")) }),
    effect,
    run,
  });

interface Options {
  effect?: ToolEffect;
  policy?: PolicyRule[];
  receiptId?: string;
  timeoutMs?: number;
  call?: Partial<{ name: string; input: unknown }>;
}

function start(run: Run, { effect, policy = [], receiptId, timeoutMs = 20, call }: Options = {}) {
  const changes: ToolCall[] = [];
  const sources: Source[] = [];
  const turn = new AbortController();
  const { telemetry, lines, measured } = recordingTelemetry();
  const gate = createGate({ tools: [tool(run, effect)], policy, telemetry, timeoutMs });
  const [planned] = gate.plan([{ id: "1", name: "echo", input: { a: "hi" }, ...call }]);
  if (!planned) throw new Error("The gate planned no call.");
  const result = gate.run(planned, {
    ...{ signal: turn.signal, owner: "ada", conversationId: "c", receiptId },
    onChange: (change) => changes.push(change),
    onSource: (source) => sources.push(source),
    pay: async () => {},
  });
  return { planned, result, changes, sources, turn, lines, measured };
}
const forever = () => new Promise<string>(() => {});

/** Starts a turn with a paid tool that only reads, and a tool that changes something. Both may run. */
function startPaid(run: Run) {
  const { telemetry } = recordingTelemetry();
  const reader = { ...tool(run, "external_read"), costMicrodollars: 7_000 };
  const changer = { ...tool(() => "changed", "write"), name: "change" };
  const gate = createGate({
    ...{ tools: [reader, changer], telemetry },
    policy: [{ tool: "*", policy: "allow" }],
  });
  const changes: ToolCall[] = [];
  const paid: number[] = [];
  const pay = async (price: number) => void paid.push(price);
  const call = (id: string, input: unknown, parts: { name?: string; pay?: typeof pay } = {}) => {
    const [planned] = gate.plan([{ id, name: parts.name ?? "echo", input }]);
    if (!planned) throw new Error("The gate planned no call.");
    return gate.run(planned, {
      ...{ signal: new AbortController().signal, owner: "ada", conversationId: "c" },
      ...{ onChange: (change: ToolCall) => changes.push(change), onSource: () => {} },
      ...{ receiptId: "r", pay: parts.pay ?? pay },
    });
  };
  return { call, changes, paid };
}

describe("a paid call", () => {
  it("is paid before it runs, also if it fails", async () => {
    const paidAtStart: number[] = [];
    const { call, changes, paid } = startPaid(({ a }) => {
      paidAtStart.push(paid.length);
      if (a === "no") throw new ToolRefusal("nothing found");
      return "found";
    });
    await call("1", { a: "hi" });
    await call("2", { a: "no" });
    expect([paid, paidAtStart]).toEqual([
      [7_000, 7_000],
      [1, 2],
    ]);
    expect(changes.map(({ state, cost_usd }) => [state, cost_usd])).toEqual([
      ["running", 0.007],
      ["done", 0.007],
      ["running", 0.007],
      ["failed", 0.007],
    ]);
  });

  it("that is refused costs nothing", async () => {
    const { call, paid } = startPaid(() => "found");
    expect(await call("1", { a: 1 })).toMatchObject({ state: "failed" });
    expect(paid).toEqual([]);
  });

  it("does not run, and ends the turn, if it cannot be paid", async () => {
    const run = vi.fn<Run>();
    const { call, changes } = startPaid(run);
    const pay = () => Promise.reject(new Error("no money"));
    await expect(call("1", { a: "hi" }, { pay })).rejects.toThrow("no money");
    expect([run.mock.calls, changes]).toEqual([[], []]);
  });
});

describe("the same call again", () => {
  it("takes the result of the first, and costs nothing", async () => {
    const run = vi.fn<Run>(({ a }) => `found ${a}`);
    const { call, changes, paid } = startPaid(run);
    const [first, second] = [await call("1", { a: "x", b: 1 }), await call("2", { b: 1, a: "x" })];
    expect(second).toEqual(first);
    expect(run).toHaveBeenCalledTimes(1);
    expect(paid).toEqual([7_000]);
    expect(changes.at(-1)).toEqual({
      ...{ id: "2", name: "echo", effect: "external_read", input: { b: 1, a: "x" } },
      ...{ state: "done", output: "found x", duration_ms: 0, repeats: "1" },
    });
  });

  it("side by side waits for the first", async () => {
    const run = vi.fn<Run>(() => new Promise((resolve) => setTimeout(resolve, 5, "slow")));
    const { call } = startPaid(run);
    const results = await Promise.all(["1", "2", "3"].map((id) => call(id, { a: "x" })));
    expect(results.map(({ output }) => output)).toEqual(["slow", "slow", "slow"]);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it("runs if the first has failed, also side by side", async () => {
    const run = vi.fn<Run>(() => "found").mockRejectedValueOnce(new ToolRefusal("busy"));
    const { call } = startPaid(run);
    const results = await Promise.all(["1", "2", "3"].map((id) => call(id, { a: "x" })));
    expect(results.map(({ state }) => state)).toEqual(["failed", "done", "done"]);
    expect(run).toHaveBeenCalledTimes(2);
  });

  it("runs with other arguments, after a call with an effect, and if it has an effect", async () => {
    const run = vi.fn<Run>(({ a }) => a);
    const { call, changes } = startPaid(run);
    await call("1", { a: "x" });
    await call("2", { a: "y" });
    await call("3", { a: "x" }, { name: "change" });
    await call("4", { a: "x" });
    await call("5", { a: "x" }, { name: "change" });
    expect(run).toHaveBeenCalledTimes(3);
    expect(changes.filter(({ repeats }) => repeats !== undefined)).toEqual([]);
  });
});

describe("a call that runs", () => {
  const page = { title: "A page", url: "https://a.example/", quote: "It says so." };

  it("numbers its sources, and shows them before its end", async () => {
    const { result, changes, sources } = start((_, { cite }) => {
      const number = cite(page);
      return `According to [${number}] and [${cite({ ...page, url: "https://b.example/" })}]`;
    });
    expect(await result).toMatchObject({ output: "According to [1] and [2]" });
    expect(sources.map(({ index }) => index)).toEqual([1, 2]);
    expect(changes.at(-1)?.state).toBe("done");
  });

  it("shows no source if it fails", async () => {
    const { result, sources } = start((_, { cite }) => {
      cite(page);
      throw new ToolRefusal("nothing found");
    });
    expect(await result).toMatchObject({ state: "failed" });
    expect(sources).toEqual([]);
  });

  it("shows what it does meanwhile", async () => {
    const { result, changes } = start((_, { report }) => {
      report("reading page 2 of 9");
      return "read";
    });
    await result;
    expect(changes.map(({ state, progress }) => [state, progress])).toEqual([
      ["running", undefined],
      ["running", "reading page 2 of 9"],
      ["done", undefined],
    ]);
  });

  it("shows its table to the person, and its text to the model", async () => {
    const table: Table = {
      ...{ columns: [{ name: "n", type: "number" }], rows: [[1], [2]] },
      ...{ total_rows: 2, is_cut: false },
    };
    const { result, changes } = start(() => ({ text: "two rows", table }));
    expect(await result).toEqual({
      ...{ state: "done", output: "two rows", stored: "two rows", isOwnWords: false },
    });
    expect(changes.at(-1)).toMatchObject({ state: "done", output: "two rows", table });
  });

  it("may take as long as its tool says", async () => {
    const slow = () => new Promise<string>((resolve) => setTimeout(resolve, 40, "slow"));
    expect(await start(slow).result).toMatchObject({ state: "failed" });
    const parts = { tools: [{ ...tool(slow), timeoutMs: 5_000 }], policy: [], timeoutMs: 20 };
    const gate = createGate({ ...parts, telemetry: recordingTelemetry().telemetry });
    const [planned] = gate.plan([{ id: "1", name: "echo", input: { a: "hi" } }]);
    const context = {
      ...{ signal: new AbortController().signal, owner: "ada", conversationId: "c" },
      ...{ onChange: () => {}, onSource: () => {}, pay: async () => {} },
    };
    expect(planned && (await gate.run(planned, context))).toMatchObject({ output: "slow" });
  });

  it("notifies its start and its end", async () => {
    const { result, changes, measured } = start(({ a }) => `${a} ${a}`);
    expect(await result).toEqual({
      ...{ state: "done", output: "hi hi", stored: "hi hi", isOwnWords: false },
    });
    const shown = { id: "1", name: "echo", effect: "none", input: { a: "hi" } };
    expect(changes).toEqual([
      { ...shown, state: "running" },
      { ...shown, state: "done", output: "hi hi", duration_ms: expect.any(Number) },
    ]);
    expect(measured.map(({ metric }) => metric)).toEqual(["ToolCalls", "ToolDuration"]);
  });

  it("gives the tool its owner, conversation and receipt", async () => {
    const { result } = start(
      (_, { owner, conversationId, receiptId }) => `${owner} ${conversationId} ${receiptId}`,
      { effect: "write", receiptId: "r1" },
    );
    expect((await result).output).toBe("ada c r1");
  });

  it("a refusal fails with its reason", async () => {
    const { result } = start(() => {
      throw new ToolRefusal("no such company.");
    });
    expect(await result).toMatchObject({ state: "failed", output: "Error: no such company." });
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

  it("a tool that never returns fails, and its signal aborts", async () => {
    let toolSignal: AbortSignal | undefined;
    const { result } = start((_, { signal }) => {
      toolSignal = signal;
      return forever();
    });
    expect((await result).output).toBe("Error: the tool took longer than 0.02 seconds.");
    expect(toolSignal?.aborted).toBe(true);
  });

  it("the end of the turn is thrown and nothing more is notified", async () => {
    const { result, changes, turn } = start(forever, { timeoutMs: 10_000 });
    const reason = new Error("stop");
    turn.abort(reason);
    await expect(result).rejects.toBe(reason);
    expect(changes).toHaveLength(1);
  });
});

describe("a call with an effect", () => {
  const written = { effect: "write", receiptId: "r1" } as const;

  it("does not run without a receipt", async () => {
    const run = vi.fn(() => "never");
    const { result } = start(run, { effect: "write" });
    await expect(result).rejects.toThrow("needs a receipt");
    expect(run).not.toHaveBeenCalled();
  });

  it("does not run without a receipt if only its policy demands a decision", async () => {
    const { result } = start(() => "never", { policy: [{ tool: "*", policy: "ask" }] });
    await expect(result).rejects.toThrow("needs a receipt");
  });

  it("is unknown if its tool never returns", async () => {
    const { result, changes } = start(forever, written);
    expect(await result).toMatchObject({
      state: "unknown",
      output:
        "It is unknown whether this call took effect. Do not call it again unless the person asks.",
    });
    expect(changes.at(-1)).toMatchObject({ state: "unknown" });
  });

  it("is unknown if its tool fails unexpectedly, and the cause goes to the log", async () => {
    const cause = new Error("socket hang up");
    const { result, lines } = start(() => Promise.reject(cause), written);
    expect((await result).state).toBe("unknown");
    expect(lines).toContainEqual({ level: "error", event: "tool.failed", cause });
  });

  it("has failed if its tool says that nothing happened", async () => {
    const { result } = start(() => Promise.reject(new ToolRefusal("no such webhook.")), written);
    expect((await result).state).toBe("failed");
  });
});

describe("a refused call", () => {
  const refusal = async (options: Options) => {
    const run = vi.fn(() => "never");
    const { planned, result } = start(run, options);
    expect(planned).toMatchObject({ verdict: "refused", argumentsSha256: "" });
    const { state, output } = await result;
    expect(state).toBe("failed");
    expect(run).not.toHaveBeenCalled();
    return output;
  };

  it.each(["sql_query", "", "__proto__", "constructor", "ECHO"])(
    "of the unknown tool %j gets the names of the known ones",
    async (name) => {
      expect(await refusal({ call: { name } })).toBe(
        "Error: there is no such tool. Use one of: echo.",
      );
    },
  );

  it("of a denied tool says so", async () => {
    expect(await refusal({ policy: [{ tool: "e*", policy: "deny" }] })).toBe(
      "Error: this deployment does not allow the tool. Do not call it again.",
    );
  });

  it.each([
    [{ a: "long" }, "Error: the arguments are not valid: a: is too long."],
    ["{}", /^Error: the arguments are not valid: input: /],
    [{}, /^Error: the arguments are not valid: a: /],
    [[], /^Error: the arguments are not valid: /],
    [null, /^Error: the arguments are not valid: /],
    [42, /^Error: the arguments are not valid: /],
    ...["__proto__", "prototype", "constructor"].map((key) => [
      JSON.parse(`{"a":"hi","b":[{"${key}":1}]}`),
      'Error: the arguments hold a key "__proto__", "prototype" or "constructor".',
    ]),
    [{ unreadable_arguments: "{" }, "Error: the arguments are not a JSON object."],
    [{ a: "\ud800" }, "Error: the arguments hold a number or a character that JSON cannot carry."],
    [
      JSON.parse('{"a":"hi","b":1e999}'),
      "Error: the arguments hold a number or a character that JSON cannot carry.",
    ],
    [{ a: "x".repeat(70_000) }, "Error: the arguments are longer than 64 KB."],
    [{ a: 1, b: "x".repeat(60_000) }, /^Error: the arguments are not valid: a: .{1,80}$/],
  ])("with the arguments %# says why", async (input, output) => {
    expect(await refusal({ call: { input } })).toMatch(output);
  });

  it("a faulty value is quoted at most in part", async () => {
    const input = { a: { deep: "x" } };
    expect((await refusal({ call: { input } })).length).toBeLessThan(300);
  });
});

it("a text may hold the name of such a key", () => {
  const input = { a: "hi", b: '"__proto__":', c: "\\" };
  expect(start(() => "ran", { call: { input } }).planned.verdict).toBe("run");
});

it("deeply nested arguments are planned without a crash", () => {
  let input: unknown = "leaf";
  for (let level = 0; level < 20_000; level += 1) input = [input];
  const { planned } = start(() => "ran", { call: { input: { a: "hi", input } } });
  expect(planned.verdict).toBe("run");
});
