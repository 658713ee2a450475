import { Readable } from "node:stream";
import OpenAI from "openai";
import { describe, expect, it } from "vitest";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { eventStreamResponse } from "#lib/sse/event-stream-response.ts";
import { delta, snapshot, stopped, turn } from "#test/support/stream-events.ts";
import { turnId } from "#test/support/turn-state.ts";
import { createChatCompletionEncoder } from "./openai-chat-completions-stream.ts";

const usage = {
  ...{
    input_tokens: 3,
    output_tokens: 4,
    cost_usd: 0,
    cache_read_tokens: 2,
    cache_write_tokens: 0,
  },
};
const done: StreamEvent = {
  event: "done",
  data: {
    ...{ turn_id: turnId, text: "On", model: "demo", usage, remarks: ["cut_at_length"] },
    ...{ history_from: null, summarised_until: null, duration_ms: 1 },
  },
};

/** What the client of OpenAI makes of these events. */
function completionOf(events: StreamEvent[]) {
  const client = new OpenAI({
    ...{ apiKey: "key", baseURL: "http://service.test/v1", maxRetries: 0 },
    async fetch() {
      const head = { segment: { turnId }, createdAt: 1_700_000_000, model: "demo" };
      const encoder = createChatCompletionEncoder(head, { includeUsage: true });
      const { headers, body } = await eventStreamResponse(Readable.from(events), { encoder });
      return new Response(Readable.toWeb(body as Readable) as ReadableStream, { headers });
    },
  });
  const messages = [{ role: "user" as const, content: "Hi" }];
  return client.chat.completions.stream({ model: "demo", messages }).finalChatCompletion();
}

describe("the client of OpenAI's Chat Completions", () => {
  it("reads the text, why it ends, and what it has cost", async () => {
    expect(await completionOf([turn(), delta("O"), delta("n"), done])).toMatchObject({
      choices: [{ message: { role: "assistant", content: "On" }, finish_reason: "length" }],
      usage: { prompt_tokens: 5, completion_tokens: 4, total_tokens: 9 },
    });
  });

  it.each<[string, StreamEvent[], string]>([
    ["stopped", [stopped("On")], "The answer was stopped."],
    ["cut", [], "The answer goes on elsewhere."],
    ["begun again", [turn(2), snapshot(""), delta("Off"), done], "The answer begins again."],
  ])("never takes an answer that is %s for a complete one", async (_end, events, sentence) => {
    await expect(completionOf([turn(), delta("On"), ...events])).rejects.toThrow(sentence);
  });
});
