import { type BaseEvent, EventType, HttpAgent, type Message } from "@ag-ui/client";
import { questionIdOf } from "#lib/facades/ag-ui-messages.ts";
import { createAgUiEncoder } from "#lib/facades/ag-ui-stream.ts";
import { conversationId, turnId } from "#test/support/turn-state.ts";
import {
  joined,
  type ProtocolClient,
  type ProtocolUnderTest,
  type ShownAnswer,
  type ShownPart,
} from "./shown-answer.ts";

const question: Message = { id: questionIdOf(turnId), role: "user", content: "Hello" };

/** The client of AG-UI, which verifies each event. It comes back as a page that runs its thread without a new message. */
export const agUi: ProtocolUnderTest = {
  name: "AG-UI's HttpAgent",
  shows: "every call",
  createClient(service) {
    let isJoin = false;
    const open = (initialMessages: Message[]) => {
      const run = { threadId: "thread", runId: "run", conversationId, turnId, isJoin };
      const encoder = createAgUiEncoder({ ...run, history: [{ ...question }] });
      isJoin = true;
      return new HttpAgent({
        ...{ url: "http://service.test/ag-ui", threadId: "thread", initialMessages },
        fetch: async () => withQuietCancel(service.stream(encoder)),
      });
    };
    return createAgUiReader(open, async () => ["42"], [question]);
  },
};

/**
 * @param open returns the client of a page that shows these messages
 * @param outputs what the answer's calls have returned: the protocol has one form for that and for why a call has not
 */
export function createAgUiReader(
  open: (messages: Message[]) => HttpAgent,
  outputs: () => Promise<readonly string[]>,
  messages: Message[] = [],
): ProtocolClient {
  let shown = messages;
  return {
    async read() {
      const agent = open(shown);
      let last: BaseEvent | undefined;
      const onEvent = ({ event }: { event: BaseEvent }) => {
        last = event;
      };
      // The client throws what it finds on the wire, and what breaks.
      const isCut = await agent.runAgent(undefined, { onEvent }).then(
        () => false,
        () => true,
      );
      shown = agent.messages;
      const parts = partsOf(shown, await outputs());
      return { parts, outcome: isCut ? "broken" : outcomeOf(last) };
    },
  };
}

/** The client cancels a stream that has broken off, and leaves the failure of that unhandled. */
function withQuietCancel(response: Response): Response {
  const { body } = response;
  if (!body) throw new Error("The response has no stream.");
  const open = body.getReader.bind(body);
  const getReader = () => {
    const reader = open();
    const cancel = reader.cancel.bind(reader);
    reader.cancel = (reason) => cancel(reason).catch(() => {});
    return reader;
  };
  return Object.defineProperty(response, "body", { value: Object.assign(body, { getReader }) });
}

function outcomeOf(last: BaseEvent | undefined): ShownAnswer["outcome"] {
  if (last?.type === EventType.RUN_ERROR) {
    return Object(last).code === "model_failed" ? "failed" : "broken";
  }
  if (last?.type !== EventType.RUN_FINISHED) return "broken";
  const { type } = Object(Object(last).outcome);
  return outcomes[type] ?? "broken";
}

const outcomes: Record<string, ShownAnswer["outcome"]> = {
  ...{ success: "done", cancelled: "stopped", interrupt: "waiting" },
};

function partsOf(messages: readonly Message[], outputs: readonly string[]): ShownPart[] {
  const results = new Map(
    messages.flatMap((message) =>
      message.role === "tool" ? [[message.toolCallId, String(message.content)] as const] : [],
    ),
  );
  return joined(
    messages.flatMap((message): ShownPart[] => {
      if (message.role !== "assistant") return [];
      const calls = message.toolCalls ?? [];
      return [
        { text: String(message.content ?? "") },
        ...calls.map(({ id }) => shownCall(id, results.get(id), outputs)),
      ];
    }),
  );
}

function shownCall(
  call: string,
  result: string | undefined,
  outputs: readonly string[],
): ShownPart {
  if (result === undefined) return { call, state: "open" };
  return outputs.includes(result)
    ? { call, state: "done", output: result }
    : { call, state: "failed" };
}
