import type { AgUiMessage } from "#lib/contract/ag-ui.ts";
import type { ToolCall, TurnState } from "#lib/contract/chat.ts";
import { answerParts } from "./answer-parts.ts";
import { errorOf, inputOf, outputOf } from "./shown-call.ts";

/** An answer in the messages of AG-UI, which grows at its end. */
export interface AgUiAnswer {
  /** Appends text. Returns the id of the message that has it. */
  addText(text: string): string;
  /** Appends a call, or replaces one. Returns the id of the message that makes it. */
  setTool(tool: ToolCall): string;
  messages(): AgUiMessage[];
}

interface AssistantMessage {
  id: string;
  content?: string;
  calls: string[];
}

/**
 * Returns the empty answer of a turn. A message of AG-UI has its text before its calls, so text after a call begins another one. Their
 * ids count the messages of the turn, so that each stream and each transcript has the same.
 */
export function createAgUiAnswer(turnId: string): AgUiAnswer {
  const written: AssistantMessage[] = [];
  const tools = new Map<string, ToolCall>();

  function openMessage(): AssistantMessage {
    const message = { id: `${turnId}.${written.length}`, calls: [] };
    written.push(message);
    return message;
  }

  return {
    addText(text) {
      const last = written.at(-1);
      const message = last && last.calls.length === 0 ? last : openMessage();
      message.content = (message.content ?? "") + text;
      return message.id;
    },
    setTool(tool) {
      const caller = written.find(({ calls }) => calls.includes(tool.id));
      const message = caller ?? written.at(-1) ?? openMessage();
      if (!caller) message.calls.push(tool.id);
      tools.set(tool.id, tool);
      return message.id;
    },
    messages: () =>
      written.flatMap(({ id, content, calls }): AgUiMessage[] => {
        const made = calls.flatMap((callId) => tools.get(callId) ?? []);
        const message: AgUiMessage = {
          ...{ id, role: "assistant" },
          ...(content !== undefined && { content }),
          ...(made.length > 0 && { toolCalls: made.map(toolCallOf) }),
        };
        return [message, ...made.flatMap((tool) => resultMessage(tool) ?? [])];
      }),
  };
}

const toolCallOf = (tool: ToolCall) => ({
  id: tool.id,
  type: "function",
  function: { name: tool.name, arguments: argumentsOf(tool) },
});

export const argumentsOf = (tool: ToolCall): string => JSON.stringify(inputOf(tool));

/** Returns what a call has returned as a message, or undefined while the call has not ended. */
export function resultMessage(tool: ToolCall): AgUiMessage | undefined {
  if (tool.state === "running" || tool.state === "waiting") return undefined;
  const content = tool.state === "done" ? outputOf(tool) : errorOf(tool);
  return { id: resultIdOf(tool.id), role: "tool", toolCallId: tool.id, content };
}

/** The results of our own tools have this id, so that a history does not send them back as those of the client. */
export const resultIdOf = (callId: string): string => `${callId}.result`;

export const questionIdOf = (turnId: string): string => `${turnId}.message`;

/** Returns the messages of a transcript's turns. */
export const agUiMessagesOf = (turns: readonly TurnState[]): AgUiMessage[] =>
  turns.flatMap((turn) => [
    { id: questionIdOf(turn.turn_id), role: "user", content: turn.message },
    ...answerMessages(turn),
  ]);

function answerMessages({ turn_id, result, partial, tools }: TurnState): AgUiMessage[] {
  const answer = createAgUiAnswer(turn_id);
  for (const part of answerParts(result ?? partial ?? "", tools)) {
    if (part.type === "text") answer.addText(part.text);
    else answer.setTool(part.tool);
  }
  return answer.messages();
}
