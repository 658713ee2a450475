import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { TurnState } from "#lib/contract/chat.ts";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { texts } from "#local/bedrock/converse-request.ts";
import { answerWith, createGate, interrupt, refuseWith, stall } from "#local/bedrock/script.ts";
import { beat } from "#test/support/beat.ts";
import { readEvents } from "#test/support/chat-client.ts";
import { manyAddresses } from "#test/support/many-addresses.ts";
import { openTwin } from "#test/support/open-twin.ts";

const { twin, logIn } = await openTwin({
  environment: { THREAD_TOKENS: "40000", MESSAGE_LIMIT: "100000" },
  viewerAddress: manyAddresses(),
});
const client = await logIn();

/** About 11,000 tokens. Three such messages fill the thread and still fit. */
const long = "word ".repeat(8_800);
/** About 25,000 tokens. */
const longest = "word ".repeat(19_999);

async function stateOf({ stream_url }: { stream_url: string }): Promise<TurnState> {
  const response = await client.send(stream_url, { headers: { accept: "application/json" } });
  return (await response.json()) as TurnState;
}

/** Creates a conversation that the next long message fills. */
async function almostFull() {
  const first = await client.chat("My name is Ada.");
  await client.chat(long, first.conversation_id);
  const newest = await client.chat(long, first.conversation_id);
  return { id: first.conversation_id, first, newest };
}

/** Sends a message and returns when its answer is done. The stream is still open. */
async function untilDone(message: string, conversationId: string) {
  const accepted = await client.post(message, conversationId);
  const rest = readEvents(await client.send(accepted.stream_url));
  for (;;) {
    const { value, done } = await rest.next();
    if (done) throw new Error("The stream ended before its turn.");
    if (value.event === "done") return { ...accepted, rest };
  }
}

const remaining = async (events: AsyncGenerator<StreamEvent>) => {
  const all: StreamEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
};

const firstSaid = () => texts(twin.parts.bedrock.calls.at(-1)?.request.messages[0]).join();

describe("a conversation of many short turns", () => {
  it("remembers its first turn in its last", async () => {
    const { conversation_id } = await client.chat("My name is Ada.");
    for (let turn = 0; turn < 58; turn += 1)
      await client.chat(`What is ${turn} + 1?`, conversation_id);
    const { text } = await client.chat("What is my name?", conversation_id);
    expect(text).toContain("Ada");
    expect(firstSaid()).toBe("My name is Ada.");
  });
});

describe("a conversation whose thread is full", () => {
  it("is summarised after the answer and delays no answer", async () => {
    const { id, newest } = await almostFull();
    const gate = createGate();
    const { script } = twin.parts.bedrock;
    script.add(answerWith("Yes."), interrupt(answerWith("- My name is Ada."), 1, stall(gate)));
    const full = await untilDone(long, id);
    await gate.reached;
    expect(await stateOf(full)).toMatchObject({ status: "done", summary_usage: null });

    // A second summary follows, because this turn was claimed before the first summary was stored.
    const next = await client.chat("What is my name?", id);
    expect(next.text).toContain("Ada");

    gate.release();
    expect(await remaining(full.rest)).toEqual([]);
    expect(await stateOf(full)).toMatchObject({
      summary_usage: { input_tokens: expect.any(Number), output_tokens: expect.any(Number) },
    });

    const later = await client.chat("What is my name?", id);
    expect(later.text).toContain("Ada");
    expect(firstSaid()).toMatch(/^Notes on the earlier part of this conversation:/);
    expect(await stateOf(later)).toMatchObject({
      history_from: full.turn_id,
      summarised_until: newest.turn_id,
      summary_usage: null,
    });
    expect(twin.parts.bedrock.rejections).toEqual([]);
  });

  it("costs one more database request only in the turn before the summary", async () => {
    const requests = async (work: () => Promise<unknown>) => {
      let count = 0;
      twin.parts.neon.fault = ({ database, body }) => {
        if (database === "app" && !beat.test(body)) count += 1;
        return undefined;
      };
      await work();
      twin.parts.neon.fault = undefined;
      return count;
    };
    const { id } = await almostFull();
    const plain = await requests(() => client.chat("And?", id));
    expect(plain).toBe(3); // accept, claim, end
    expect(await requests(() => client.chat(long, id))).toBe(plain + 1);
    expect(await requests(() => client.chat("And?", id))).toBe(plain);
  });

  it("keeps an early fact through many more turns", async () => {
    const { id } = await almostFull();
    for (let turn = 0; turn < 6; turn += 1) await client.chat(long, id);
    const { text } = await client.chat("What is my name?", id);
    expect(text).toContain("Ada");
  });

  it("loses nothing when its runner is killed during a summary", async () => {
    const { id } = await almostFull();
    const gate = createGate();
    twin.parts.bedrock.script.add(
      answerWith("Yes."),
      interrupt(answerWith("- Lost."), 1, stall(gate)),
    );
    const full = await untilDone(long, id);
    await gate.reached;
    await twin.functionKill("chat-stream");
    await remaining(full.rest).catch(() => {}); // its connection may have been cut

    expect(await stateOf(full)).toMatchObject({ status: "done", summary_usage: null });
    const next = await client.chat("What is my name?", id);
    expect(next.text).toContain("Ada");
    expect(await stateOf(next)).toMatchObject({
      summary_usage: { output_tokens: expect.any(Number) },
    });
    expect((await client.chat("What is my name?", id)).text).toContain("Ada");
  });

  it("keeps the turns that no longer fit until a summary succeeds", async () => {
    const { id } = await almostFull();
    const { script } = twin.parts.bedrock;
    for (let turn = 0; turn < 2; turn += 1) {
      script.add(answerWith("Yes."), refuseWith("AccessDeniedException"));
      await client.chat(turn === 0 ? longest : "And?", id);
    }
    await client.chat("And now?", id);
    expect((await client.chat("What is my name?", id)).text).toContain("Ada");
  });

  it("continues without a summary when the model writes none, and cuts the oldest turns", async () => {
    const { id, first } = await almostFull();
    const { script } = twin.parts.bedrock;
    script.add(answerWith("Yes."), refuseWith("AccessDeniedException"));
    const full = await client.chat(longest, id);
    expect(full.events.at(-1)).toMatchObject({ event: "done" });
    script.add(answerWith("Yes."), refuseWith("AccessDeniedException"));
    const next = await client.chat("And?", id);
    const state = await stateOf(next);
    expect(state).toMatchObject({ status: "done", summarised_until: null, summary_usage: null });
    expect(state.history_from).not.toBe(first.turn_id);
    const log = readFileSync(join(twin.logsDirectory, "chat-stream.log"), "utf8");
    expect(log).toContain('"SummariesFailed":1');
    expect(log).toContain("thread.not_summarised");
  });
});
