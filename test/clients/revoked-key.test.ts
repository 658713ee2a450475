import { Readable } from "node:stream";
import { HttpAgent } from "@ag-ui/client";
import { DefaultChatTransport } from "ai";
import OpenAI from "openai";
import { describe, expect, it } from "vitest";
import { createAgUiEncoder } from "#lib/facades/ag-ui-stream.ts";
import { createAiSdkEncoder } from "#lib/facades/ai-sdk-stream.ts";
import { createChatCompletionEncoder } from "#lib/facades/openai-chat-completions-stream.ts";
import { createResponsesEncoder } from "#lib/facades/openai-responses-stream.ts";
import { untilRevoked } from "#lib/keys/until-revoked.ts";
import { endOfWork } from "#lib/platform/http/work-after-response.ts";
import { type EventEncoder, eventStreamResponse } from "#lib/sse/event-stream-response.ts";
import { httpRequest } from "#test/support/http-request.ts";
import { openStream } from "#test/support/open-stream.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { delta, done, turn } from "#test/support/stream-events.ts";
import { earlierTurnId } from "#test/support/streamed-turns.ts";
import { conversationId, turnId } from "#test/support/turn-state.ts";
import { openChat } from "./ai-sdk-client.ts";

const { telemetry } = recordingTelemetry();
const sentence = "This API key was revoked.";

/** What answers a client's request with an open stream. */
type Serve = (encoder: EventEncoder) => Promise<Response>;

const segment = { turnId };
const openAi = (serve: Serve, encoder: () => EventEncoder) =>
  new OpenAI({
    ...{ apiKey: "key", baseURL: "http://service.test/v1", maxRetries: 0 },
    fetch: () => serve(encoder()),
  });
const responses = (serve: Serve) =>
  openAi(serve, () => createResponsesEncoder({ segment, conversationId, createdAt: 1, model: "m" }))
    .responses;
const errorOf = (reading: Promise<unknown>) =>
  reading.then(
    () => "none",
    (error: Error & { code?: string }) => [error.message, error.code],
  );

/** Each reads one answer with the real client, and returns what the client says has gone wrong. */
const clients: Record<string, (serve: Serve) => Promise<unknown>> = {
  async "the AI SDK"(serve) {
    const encoder = createAiSdkEncoder({ conversationId, turnId });
    const chat = openChat(new DefaultChatTransport({ fetch: () => serve(encoder) }), []);
    await chat.send();
    return chat.error();
  },
  "OpenAI's Responses": (serve) =>
    errorOf(responses(serve).stream({ model: "m", input: "Hi" }).finalResponse()),
  "OpenAI's Responses, event by event": (serve) =>
    errorOf(
      responses(serve)
        .create({ model: "m", input: "Hi", stream: true })
        .then((stream) => Array.fromAsync(stream)),
    ),
  "OpenAI's Chat Completions": (serve) => {
    const head = { segment, createdAt: 1, model: "m" };
    const { chat } = openAi(serve, () =>
      createChatCompletionEncoder(head, { includeUsage: false }),
    );
    const messages = [{ role: "user" as const, content: "Hi" }];
    return errorOf(chat.completions.stream({ model: "m", messages }).finalChatCompletion());
  },
  async "AG-UI"(serve) {
    const run = { threadId: "t", runId: "r", conversationId, turnId, history: [], isJoin: false };
    const agent = new HttpAgent({
      url: "http://service.test/ag-ui",
      fetch: () => serve(createAgUiEncoder(run)),
    });
    agent.addMessage({ id: "1", role: "user", content: "Hi" });
    let end: { message?: string; code?: string } = {};
    await agent.runAgent(
      {},
      {
        onRunErrorEvent: ({ event }) => {
          end = event;
        },
      },
    );
    const { message, code } = end;
    return [message, code];
  },
};

describe.each(Object.entries(clients))("a client of %s whose key is revoked", (name, read) => {
  it.each([
    ["in the middle of the answer", [turn(), delta("One ")]],
    ["behind an earlier message", [turn(1, earlierTurnId), delta("Not this answer.")]],
    ["before anything has begun", []],
  ])("%s is told so at once, and the turn goes on", async (_when, events) => {
    const source = openStream();
    const keys = { keptMs: 5, find: async () => undefined };
    const request = { ...httpRequest(), apiKey: { id: "id", key: "key" } };
    source.send(...events);
    const failure = read(async (encoder) => {
      const stream = untilRevoked({ keys, telemetry }, request, source.stream);
      const { headers, body } = await eventStreamResponse(stream, { encoder });
      return new Response(Readable.toWeb(body as Readable) as ReadableStream, { headers });
    });
    const told = name.startsWith("the AI SDK") ? sentence : [sentence, "unauthorized"];
    expect(await failure).toEqual(told);
    source.send(delta("secret"), done("One secret"));
    source.end();
    await endOfWork(request);
    expect(source.isRead()).toBe(true);
  });
});
