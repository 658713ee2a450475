import OpenAI from "openai";
import type { Response as Answer, ResponseStreamEvent } from "openai/resources/responses/responses";
import { responseIdOf } from "#lib/facades/openai-response.ts";
import { createResponsesEncoder } from "#lib/facades/openai-responses-stream.ts";
import { conversationId, turnId } from "#test/support/turn-state.ts";
import type { ScriptedService } from "./scripted-service.ts";
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
    const { responses } = openClient(service);
    return createResponsesReader(responses, responseId, () =>
      responses.create({ model: "m", input: "Hello", stream: true }),
    );
  },
};

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
        if (!(error instanceof Error)) throw error;
        failure = error instanceof OpenAI.APIError ? String(error.code) : "cut";
      }
      const shown = shownOf(events, failure);
      if (failure === "restarted") events = [];
      return shown;
    },
  };
}

function openClient(service: ScriptedService): OpenAI {
  return new OpenAI({
    ...{ apiKey: "key", baseURL: "http://service.test/v1", maxRetries: 0 },
    async fetch(url) {
      const given = new URL(String(url)).searchParams.get("starting_after");
      const after = given === null ? undefined : Number(given);
      return service.stream(createResponsesEncoder(head, { after }));
    },
  });
}

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
  ...{ model_failed: "failed", approval_required: "waiting" },
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
