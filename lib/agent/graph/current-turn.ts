import {
  AIMessage,
  type BaseMessage,
  HumanMessage,
  type ToolCall,
  ToolMessage,
} from "@langchain/core/messages";
import { isBlank, textOf } from "#lib/agent/history/message-content.ts";

/** The last turn of a thread, as far as it has come. */
export interface CurrentTurn {
  id: string;
  /** The texts of its model calls, joined as the person sees them. */
  text: string;
  modelCalls: number;
  toolResults: number;
  /** The model of its last call. */
  modelId: string | undefined;
  /** Calls of its last answer, which wait for their results. */
  openCalls: ToolCall[];
}

export function currentTurn(messages: BaseMessage[]): CurrentTurn {
  const start = messages.findLastIndex((message) => HumanMessage.isInstance(message));
  const answers = messages.slice(start + 1).filter((message) => AIMessage.isInstance(message));
  const last = messages.at(-1);
  const texts = answers.map(textOf).filter((text) => !isBlank(text));
  return {
    id: messages[start]?.id ?? "",
    text: texts.join("\n\n"),
    modelCalls: answers.length,
    toolResults: messages.slice(start + 1).filter((message) => ToolMessage.isInstance(message))
      .length,
    modelId: modelIdOf(answers.at(-1)),
    openCalls: AIMessage.isInstance(last) ? (last.tool_calls ?? []) : [],
  };
}

/** The model that wrote an answer, noted when it was stored. */
export function modelIdOf(answer: AIMessage | undefined): string | undefined {
  const modelId: unknown = answer?.response_metadata.model_id;
  return typeof modelId === "string" ? modelId : undefined;
}
