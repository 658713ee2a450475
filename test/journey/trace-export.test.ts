import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { secretPrefix } from "#local/backing-services.ts";
import { answerWith, callTools } from "#local/bedrock/script.ts";
import { readAll, readEvents } from "#test/support/chat-client.ts";
import { openTwin } from "#test/support/open-twin.ts";
import { type CollectedSpan, startOtlpCollector } from "#test/support/otlp-collector.ts";

const collector = await startOtlpCollector();
afterAll(() => collector.close());
const { twin, logIn } = await openTwin({
  environment: {
    ...{ OTLP_ENDPOINT: collector.address, OTLP_HEADERS: "on", LEASE_SECONDS: "2" },
    CHAT_REQUESTS_PER_MINUTE: "120",
  },
});
const headers = { authorization: "Bearer of-the-collector" };
twin.parts.secrets.set(`${secretPrefix}/otlp-headers`, headers);
const { script } = twin.parts.bedrock;
const client = await logIn();
beforeAll(async () => {
  // Two instances have loaded what sends traces: on a busy machine that alone may take the two seconds of an export.
  const gate = script.hold({ afterDeltas: 1 });
  const one = client.chat("Hello");
  await gate.reached;
  await client.chat("Hello");
  gate.release();
  await one;
});
beforeEach(() => {
  script.clear();
  collector.reset();
});

/** How often an export has failed, by the log and by the metric. */
function failures() {
  const log = readFileSync(join(twin.logsDirectory, "chat-stream.log"), "utf8");
  const count = (text: string) => log.split(text).length - 1;
  return { lines: count('"trace.not_exported"'), counted: count('"TracesNotExported":1') };
}

const named = (spans: CollectedSpan[], name: string) => spans.filter((span) => span.name === name);

describe("a collector of traces", () => {
  it("gets a turn with a tool as one trace, without a text", async () => {
    const before = failures();
    script.add(
      callTools([{ name: "calculator", input: { expression: "6 * 7001" } }]),
      answerWith("It is fortytwothousand."),
    );
    const { turn_id, conversation_id } = await client.chat("What is the secret product?");
    const [request, ...others] = collector.received;
    if (!request) throw new Error("The collector has received nothing.");
    expect(others).toEqual([]);
    expect(request).toMatchObject({ path: "/v1/traces", headers });
    expect(request.resource).toMatchObject({
      "service.name": expect.stringMatching(/^enterprise-/),
    });
    expect(request.text).not.toMatch(/secret|fortytwo|7001/);

    const spans = collector.spansOf(turn_id);
    expect(spans).toHaveLength(request.spans.length);
    const [root, ...roots] = spans.filter(({ parentSpanId }) => parentSpanId === undefined);
    expect(roots).toEqual([]);
    expect(root).toMatchObject({
      name: "invoke_agent",
      attributes: {
        ...{ "gen_ai.operation.name": "invoke_agent", "gen_ai.conversation.id": conversation_id },
        "agentic_chat.turn.status": "done",
      },
    });
    const [attempt] = named(spans, "attempt");
    expect(attempt?.parentSpanId).toBe(root?.spanId);
    const steps = spans.filter(({ parentSpanId }) => parentSpanId === attempt?.spanId);
    expect(steps.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["claim", "execute_tool calculator", "commit"]),
    );
    const models = steps.filter(({ name }) => name.startsWith("chat "));
    expect(models).toHaveLength(2);
    for (const { kind, attributes } of models) {
      expect(kind).toBe(3);
      expect(Number(attributes["gen_ai.usage.output_tokens"])).toBeGreaterThan(0);
    }
    for (const { startTimeUnixNano, endTimeUnixNano } of spans) {
      expect(endTimeUnixNano).toBeGreaterThanOrEqual(startTimeUnixNano);
    }
    expect(failures()).toEqual(before);
  });

  it("gets the attempt of a killed runner in the trace of the one that took over", async () => {
    // The demo model kills the instance that calls it, and no other.
    const sent = await client.post("Crash the server in the middle of your answer.");
    const cut = (await client.send(sent.stream_url)).text();
    await expect(cut).rejects.toThrow();
    const events = async () => (await readAll(await client.send(sent.stream_url))).at(-1)?.event;
    await expect.poll(events, { timeout: 20_000 }).toBe("done");
    const attempts = named(collector.spansOf(sent.turn_id), "attempt");
    expect(attempts.map(({ attributes }) => attributes["agentic_chat.attempt.outcome"])).toEqual([
      "lost",
      "done",
    ]);
    expect(attempts.map(({ status }) => status.code)).toEqual([2, 0]);
  });

  it("gets a turn that nobody reads", async () => {
    script.add(answerWith("Later."));
    const prefer = { prefer: "respond-async" };
    const { turn_id } = await client.post("Answer when you can.", undefined, prefer);
    await expect.poll(() => named(collector.spansOf(turn_id), "invoke_agent").length).toBe(1);
  });
});

describe("a collector that fails", () => {
  it("and is slow delays no event: the answer has ended before the response", async () => {
    const before = failures();
    const gate = collector.hold();
    script.add(answerWith("Here."));
    const events: string[] = [];
    for await (const { event } of readEvents(await client.stream("Are you there?"))) {
      events.push(event);
      // Without this release the export would fail, and be counted below.
      if (event === "done") gate.release();
    }
    expect(events.at(-1)).toBe("done");
    expect(collector.received).toHaveLength(1);
    expect(failures()).toEqual(before);
  });

  it("and hangs costs one line and one count, while the next message is answered", async () => {
    const before = failures();
    const gate = collector.hold();
    script.add(answerWith("One."), answerWith("Two."));
    const first = readEvents(await client.stream("First?"));
    let conversationId: string | undefined;
    for await (const { event, data } of first) {
      if (event === "turn") conversationId = data.conversation_id;
      if (event === "done") break;
    }
    const next = await client.chat("Second?", conversationId);
    expect(next.text).toBe("Two.");
    const { lines, counted } = before;
    await expect.poll(failures).toEqual({ lines: lines + 1, counted: counted + 1 });
    gate.release();
  });

  it.each<[string, Parameters<typeof collector.answer>[0]]>([
    ["refuses", (response) => response.writeHead(401).end("your key is hidden")],
    ["is busy", (response) => response.writeHead(503, { "retry-after": "60" }).end()],
    ["redirects", (response) => response.writeHead(302, { location: twin.url }).end()],
    ["cuts the connection", (response) => void response.destroy()],
  ])("and %s costs one line and one count", async (_case, answer) => {
    const before = failures();
    collector.answer(answer);
    script.add(answerWith("Here."));
    const { events, text } = await client.chat("Are you there?");
    expect([text, events.at(-1)?.event]).toEqual(["Here.", "done"]);
    const { lines, counted } = before;
    await expect.poll(failures).toEqual({ lines: lines + 1, counted: counted + 1 });
  });

  it("and is gone shows in the log neither its address nor its words", async () => {
    await collector.close();
    script.add(answerWith("Here."));
    expect((await client.chat("Are you there?")).text).toBe("Here.");
    const log = readFileSync(join(twin.logsDirectory, "chat-stream.log"), "utf8");
    expect(log).toContain("The collector did not take the trace: 401.");
    await expect
      .poll(() => readFileSync(join(twin.logsDirectory, "chat-stream.log"), "utf8"))
      .toContain("The collector did not take the trace: ECONNREFUSED.");
    expect(log).not.toMatch(/of-the-collector|hidden/);
    expect(log).not.toContain(`:${collector.port}`);
  });
});
