import { Chat } from "@ai-sdk/react";
import { DefaultChatTransport, type DynamicToolUIPart, type UIMessage } from "ai";
import { hasEnded } from "#lib/chat/has-ended.ts";
import type { TurnState } from "#lib/contract/chat.ts";
import { uiMessagesOf } from "#lib/facades/ai-sdk-messages.ts";
import { createAiSdkEncoder } from "#lib/facades/ai-sdk-stream.ts";
import { conversationId, turnId } from "#test/support/turn-state.ts";
import {
  joined,
  type ProtocolUnderTest,
  type ShownAnswer,
  type ShownPart,
} from "./shown-answer.ts";

/** `useChat` without React: the library's own state behind the hook. */
export const aiSdk: ProtocolUnderTest = {
  name: "the AI SDK's useChat",
  shows: "every call",
  createClient(service) {
    const transport = new DefaultChatTransport({
      fetch: async () => service.stream(createAiSdkEncoder({ conversationId, turnId })),
    });
    let chat = openChat(transport, []);
    let hasSent = false;
    return {
      async read() {
        if (!hasSent) await chat.send();
        // A page that is loaded anew begins with the transcript. It is the only way to an answer that has ended meanwhile.
        else if (hasEnded(service.row())) {
          chat = openChat(transport, messagesOf(service.row()));
        } else await chat.resume();
        hasSent = true;
        return chat.shown();
      },
    };
  },
};

/** The wire has them as JSON, which the library checks. */
const messagesOf = (row: TurnState): UIMessage[] => JSON.parse(JSON.stringify(uiMessagesOf([row])));

/** Opens the chat of a page that has these messages. */
export function openChat(
  transport: DefaultChatTransport<UIMessage>,
  messages: UIMessage[],
  id?: string,
) {
  let finishReason: string | undefined;
  const chat = new Chat({
    ...(id !== undefined && { id }),
    ...{ messages, transport },
    onFinish: (finish) => {
      finishReason = finish.finishReason;
    },
    // The test reads the chat's own error.
    onError: () => {},
  });

  async function reading(open: () => Promise<void>): Promise<void> {
    finishReason = undefined;
    chat.clearError();
    await open();
  }

  function outcome(): ShownAnswer["outcome"] {
    if (chat.error)
      return chat.error.message === "The model couldn't answer." ? "failed" : "broken";
    if (finishReason !== undefined) return outcomes[finishReason] ?? "broken";
    const { status } = Object(chat.lastMessage?.metadata);
    return messages.length > 0 ? (status === "error" ? "failed" : status) : "broken";
  }

  return {
    send: (text = "Hello") => reading(() => chat.sendMessage({ text })),
    resume: () => reading(() => chat.resumeStream()),
    error: () => chat.error?.message,
    shown(): ShownAnswer {
      const answers = chat.messages.filter(({ role }) => role === "assistant");
      return {
        parts: joined(answers.flatMap(({ parts }) => parts.flatMap(shownPart))),
        outcome: outcome(),
      };
    },
  };
}

const outcomes: Record<string, ShownAnswer["outcome"]> = {
  ...{ stop: "done", length: "done", interrupted: "stopped", "tool-calls": "waiting" },
};

function shownPart(part: UIMessage["parts"][number]): ShownPart[] {
  if (part.type === "text") return [{ text: part.text }];
  return part.type === "dynamic-tool" ? [shownCall(part)] : [];
}

function shownCall(part: DynamicToolUIPart): ShownPart {
  const { toolCallId: call } = part;
  switch (part.state) {
    case "output-available":
      return { call, state: "done", output: String(part.output) };
    case "output-error":
    case "output-denied":
      return { call, state: "failed" };
    default:
      return { call, state: "open" };
  }
}
