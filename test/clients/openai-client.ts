import OpenAI from "openai";
import type { ChatCompletionChunk } from "openai/resources/chat/completions";
import type { Response as Answer, ResponseStreamEvent } from "openai/resources/responses/responses";
import { createChatCompletionEncoder } from "#lib/facades/openai-chat-completions-stream.ts";
import { responseIdOf } from "#lib/facades/openai-response.ts";
import { createResponsesEncoder } from "#lib/facades/openai-responses-stream.ts";
import { conversationId, turnId } from "#test/support/turn-state.ts";
import {
  joined,
  type ProtocolClient,
  type ProtocolUnderTest,
  type ShownAnswer,
  type ShownPart,
} from "./shown-answer.ts";

const head = { segment: { turnId }, conversationId, createdAt: 1_767_225_600, model: "m" };
const responseId = responseIdOf(head.segment);

/** The client of OpenAI, which goes on after the last event that it has, or from the start if it is told to. */
export const openAiResponses: ProtocolUnderTest = {
  name: "OpenAI's Responses",
  shows: "calls that have ended",
  createClient(service) {
    const { responses } = openClient((url) => {
      const given = url.searchParams.get("starting_after");
      const after = given === null ? undefined : Number(given);
      return service.stream(createResponsesEncoder(head, { after }));
    });
    return createResponsesReader(responses, responseId, () =>
      responses.create({ model: "m", input: "Hello", stream: true }),
    );
  },
};

/** The same client with Chat Completions. It can only send its request again, which is the same message. */
export const chatCompletions: ProtocolUnderTest = {
  name: "OpenAI's Chat Completions",
  shows: "no call",
  createClient(service) {
    const { segment, createdAt, model } = head;
    const client = openClient(() => {
      const options = { includeUsage: true };
      return service.stream(createChatCompletionEncoder({ segment, createdAt, model }, options));
    });
    return createCompletionReader(() =>
      client.chat.completions.create({
        ...{ model, messages: [{ role: "user", content: "Hello" }], stream: true },
      }),
    );
  },
};

/** @param begin opens a stream: every one begins with the answer's start */
export const createCompletionReader = (
  begin: () => Promise<AsyncIterable<ChatCompletionChunk>>,
): ProtocolClient => ({
  async read() {
    let text = "";
    let outcome: ShownAnswer["outcome"] = "broken";
    try {
      for await (const { choices } of await begin()) {
        text += choices[0]?.delta.content ?? "";
        if (choices[0]?.finish_reason) outcome = "done";
      }
    } catch (error) {
      outcome = outcomes[failureOf(error)] ?? "broken";
    }
    return { parts: joined([{ text }]), outcome };
  },
});

function failureOf(error: unknown): string {
  if (!(error instanceof Error)) throw error;
  return error instanceof OpenAI.APIError ? String(error.code) : "cut";
}

/** @param begin opens the first stream. The reader goes on with the response of this id. */
export function createResponsesReader(
  responses: OpenAI["responses"],
  id: string,
  begin: () => Promise<AsyncIterable<ResponseStreamEvent>>,
): ProtocolClient {
  let events: ResponseStreamEvent[] = [];
  return {
    async read() {
      const after = events.at(-1)?.sequence_number;
      let failure: string | undefined;
      try {
        const stream = await (after === undefined
          ? begin()
          : responses.retrieve(id, { stream: true, starting_after: after }));
        for await (const event of stream) events.push(event);
      } catch (error) {
        failure = failureOf(error);
      }
      const shown = shownOf(events, failure);
      if (failure === "restarted") events = [];
      return shown;
    },
  };
}

const openClient = (respond: (url: URL) => Response): OpenAI =>
  new OpenAI({
    ...{ apiKey: "key", baseURL: "http://service.test/v1", maxRetries: 0 },
    fetch: async (url) => respond(new URL(String(url))),
  });

/** Returns what a program has that puts the pieces together, and never looks at the whole response. */
function shownOf(events: readonly ResponseStreamEvent[], failure: string | undefined): ShownAnswer {
  const items = new Map<string | undefined, ShownPart>();
  let last: Answer | undefined;
  let number = -1;
  for (const event of events) {
    if (event.sequence_number <= number) throw new Error(`The number ${number} came twice.`);
    number = event.sequence_number;
    if (event.type === "response.output_text.delta") {
      const known = items.get(event.item_id);
      const text = known && "text" in known ? known.text : "";
      items.set(event.item_id, { text: text + event.delta });
    }
    if (event.type === "response.output_item.done") {
      const [part] = partsOf([event.item]);
      if (event.item.type !== "message" && part) items.set(event.item.id, part);
    }
    if (event.type === "response.completed" || event.type === "response.incomplete") {
      last = event.response;
    }
  }
  const parts = joined([...items.values()]);
  if (!last) return { parts, outcome: outcomes[failure ?? ""] ?? "broken" };
  const whole = joined(partsOf(last.output));
  if (JSON.stringify(whole) !== JSON.stringify(parts)) {
    throw new Error(`The pieces ${JSON.stringify(parts)} are not ${JSON.stringify(whole)}`);
  }
  return { parts, outcome: last.status === "completed" ? "done" : "stopped" };
}

const outcomes: Record<string, ShownAnswer["outcome"]> = {
  ...{ model_failed: "failed", approval_required: "waiting", stopped: "stopped" },
};

const partsOf = (items: Answer["output"]): ShownPart[] =>
  items.flatMap((item): ShownPart[] => {
    if (item.type === "message") {
      return item.content.map((part) => ({ text: part.type === "output_text" ? part.text : "" }));
    }
    if (item.type !== "mcp_call") return [];
    const call = item.id.replace(/^mcp_/, "");
    return item.error
      ? [{ call, state: "failed" }]
      : [{ call, state: "done", output: item.output ?? "" }];
  });
