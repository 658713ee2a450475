import {
  AIMessage,
  type BaseMessage,
  HumanMessage,
  type ToolCall,
  ToolMessage,
} from "@langchain/core/messages";
import { isBlank, modelIdOf, textOf } from "#lib/agent/history/message-content.ts";

/** The state of the running turn, which is the last turn of the thread. */
export interface CurrentTurn {
  id: string;
  /** The texts of its model calls, joined as the person sees them. */
  text: string;
  modelCalls: number;
  toolResults: number;
  /** The model of its last call. */
  modelId: string | undefined;
  /** The tool calls of its last answer that have no result yet. */
  openCalls: ToolCall[];
}

/** Returns the state of the running turn from the thread's messages. */
export function currentTurn(messages: BaseMessage[]): CurrentTurn {
  const start = messages.findLastIndex((message) => HumanMessage.isInstance(message));
  const ofTurn = messages.slice(start + 1);
  const answers = ofTurn.filter((message) => AIMessage.isInstance(message));
  const last = messages.at(-1);
  return {
    id: messages[start]?.id ?? "",
    text: answers
      .map(textOf)
      .filter((text) => !isBlank(text))
      .join("\n\n"),
    modelCalls: answers.length,
    toolResults: ofTurn.filter((message) => ToolMessage.isInstance(message)).length,
    modelId: modelIdOf(answers.at(-1)),
    openCalls: AIMessage.isInstance(last) ? (last.tool_calls ?? []) : [],
  };
}
