import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { TurnState } from "#lib/contract/chat.ts";
import { texts } from "#local/bedrock/converse-request.ts";
import { answerWith, refuseWith, respondWith } from "#local/bedrock/script.ts";
import { readAll } from "#test/support/chat-client.ts";
import { openTwin } from "#test/support/open-twin.ts";

const fallbackModelId = "us.amazon.nova-lite-v1:0";

const { twin, logIn } = await openTwin({
  environment: {
    CHAT_REQUESTS_PER_MINUTE: "60",
    BEDROCK_FALLBACK_MODEL_ID: fallbackModelId,
  },
});
const client = await logIn();

/** Sends a message and checks that a later reader gets the same facts about the answer. */
async function chatAndReread(message: string, conversationId?: string) {
  const accepted = await client.chat(message, conversationId);
  const done = accepted.events.findLast((event) => event.event === "done")?.data;
  const later = await readAll(await client.send(accepted.stream_url));
  expect(later.at(-1)?.data).toEqual({ ...done, duration_ms: expect.any(Number) });
  const read = await client.send(accepted.stream_url, { headers: { accept: "application/json" } });
  const state = (await read.json()) as TurnState;
  const { text, model, remarks, history_from } = { ...done };
  expect(state).toMatchObject({ status: "done", result: text, model, remarks, history_from });
  return { ...accepted, model, remarks, historyFrom: history_from };
}

const lastRequest = () => {
  const { messages } = twin.parts.bedrock.calls.at(-1)?.request ?? { messages: [] };
  return messages.map((message) => `${message.role}: ${texts(message).join()}`);
};

it("an answer cut at its maximum length is marked and continues on request", async () => {
  twin.parts.bedrock.script.add(answerWith("Once upon a", "max_tokens"));
  const cut = await chatAndReread("Tell me a story.");
  expect(cut).toMatchObject({ text: "Once upon a", remarks: ["cut_at_length"] });
  const next = await chatAndReread("Continue.", cut.conversation_id);
  expect(next.text).not.toBe("");
  expect(next.remarks).toEqual([]);
  expect(lastRequest()).toEqual([
    "user: Tell me a story.",
    "assistant: Once upon a",
    "user: Continue.",
  ]);
});

it("an answer without reported tokens is stored with unknown usage", async () => {
  const pieces = [{ type: "text", text: "<thinking>Hm.</thinking>\n\nHello!" }] as const;
  const stop = { type: "stop", reason: "end_turn", usage: null } as const;
  twin.parts.bedrock.script.add({ answer: [...pieces, stop] });
  const { text, events, stream_url } = await chatAndReread("Hello");
  const unknown = {
    input_tokens: null,
    cache_read_tokens: null,
    cache_write_tokens: null,
    output_tokens: null,
  };
  expect(text).toBe("Hello!");
  expect(events).toContainEqual({ event: "reasoning", data: { text: "Hm." } });
  expect(events.at(-1)?.data).toMatchObject({ usage: unknown });
  const read = await client.send(stream_url, { headers: { accept: "application/json" } });
  expect(await read.json()).toMatchObject({ usage: unknown });
});

it("an answer of the fallback model is marked, and the next turn uses the first model", async () => {
  // Longer than a turn may wait for its model, so the fallback model is called at once.
  twin.parts.bedrock.script.add(refuseWith("ThrottlingException", { retryAfterSeconds: 21 }));
  const second = await chatAndReread("Hello");
  expect(second).toMatchObject({ model: fallbackModelId, remarks: ["fallback_model"] });
  const first = await chatAndReread("Hello again", second.conversation_id);
  expect(first).toMatchObject({ model: twin.model.modelId, remarks: [] });
});

it("a proxy's HTML page costs one attempt and stays hidden", async () => {
  const page = { headers: { "content-type": "text/html" }, body: "<html>503</html>" };
  twin.parts.bedrock.script.add(
    respondWith(503, page),
    respondWith(200, page),
    answerWith("Here I am."),
  );
  const { text, remarks } = await chatAndReread("Hello");
  expect(text).toBe("Here I am.");
  expect(remarks).toEqual([]);
});

it("a model that needs an operator fails without blaming the message, and the log names the remedy", async () => {
  const quota = refuseWith("ServiceQuotaExceededException");
  twin.parts.bedrock.script.add(quota, answerWith("I stand in."));
  expect(await chatAndReread("Hello")).toMatchObject({
    model: fallbackModelId,
    remarks: ["fallback_model"],
  });

  twin.parts.bedrock.script.add(quota, refuseWith("ResourceNotFoundException"));
  const { events } = await client.chat("Hello");
  expect(events.at(-1)).toMatchObject({
    event: "error",
    data: {
      ...{ type: "model_unavailable", status: 503, retryable: false },
      detail: expect.stringContaining("not about your message"),
    },
  });
  const log = await readFile(join(twin.logsDirectory, "chat-stream.log"), "utf8");
  expect(log).toMatch(/"message":"model\.unusable".*raise it in Service Quotas/);
  expect(log).toMatch(/"message":"model\.unusable".*retired, or not offered in this region/);
  expect(log).toContain('"ModelUnusable"');
});

it("an answer names the oldest turn that its model was sent", async () => {
  const long = "x".repeat(100_000); // about 25,000 tokens; the model is sent 48,000
  twin.parts.bedrock.script.add(answerWith(long), answerWith(long));
  const one = await chatAndReread("one");
  const two = await chatAndReread("two", one.conversation_id);
  const three = await chatAndReread("three", one.conversation_id);
  expect([one, two, three].map(({ historyFrom }) => historyFrom)).toEqual([
    one.turn_id,
    one.turn_id,
    two.turn_id,
  ]);
  // A summary covers the turns before it.
  expect(lastRequest().slice(2)).toEqual(["user: two", `assistant: ${long}`, "user: three"]);
  const read = await client.send(`/api/v1/conversations/${one.conversation_id}`);
  const { turns } = (await read.json()) as { turns: TurnState[] };
  expect(turns.map(({ message }) => message)).toEqual(["one", "two", "three"]);
});
