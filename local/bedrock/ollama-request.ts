import { maxTitleTokens } from "#lib/budget/turn-budget.ts";
import {
  type ConverseRequest,
  type Message,
  offeredTools,
  type ToolResult,
  texts,
  toolResults,
  toolUses,
} from "./converse-request.ts";

interface OllamaMessage {
  role: "system" | "user" | "assistant" | "tool";
  content: string;
  tool_calls?: { function: { name: string; arguments: unknown } }[];
  tool_name?: string;
}

/** Returns a Converse request as the body of Ollama's `POST /api/chat`. Omits the reasoning of earlier turns. */
export function toOllamaRequest(model: string, request: ConverseRequest): object {
  const { maxTokens, temperature, topP, stopSequences } = request.inferenceConfig ?? {};
  return {
    model,
    stream: true,
    messages: [...systemMessages(request), ...request.messages.flatMap(toMessages(request))],
    tools: offeredTools(request).map(({ name, description, inputSchema }) => ({
      type: "function",
      function: { name, description, parameters: inputSchema.json },
    })),
    // Thoughts would leave no room for a short answer, such as a title.
    ...(maxTokens !== undefined && maxTokens <= maxTitleTokens && { think: false }),
    options: { num_predict: maxTokens, temperature, top_p: topP, stop: stopSequences },
  };
}

function systemMessages({ system }: ConverseRequest): OllamaMessage[] {
  const content = system.flatMap((block) => ("text" in block ? [block.text] : [])).join("\n\n");
  return content === "" ? [] : [{ role: "system", content }];
}

/** In Ollama's API a tool result is a separate message, and names the tool instead of the call. */
function toMessages(request: ConverseRequest): (message: Message) => OllamaMessage[] {
  const names = new Map(
    request.messages.flatMap(toolUses).map((use) => [use.toolUseId, use.name] as const),
  );
  return (message) => {
    const results = toolResults(message).map(
      (result): OllamaMessage => ({
        role: "tool",
        content: contentOf(result),
        tool_name: names.get(result.toolUseId) ?? "",
      }),
    );
    const content = texts(message).join("\n\n");
    const calls = toolUses(message).map(({ name, input }) => ({
      function: { name, arguments: input },
    }));
    if (content === "" && calls.length === 0) return results;
    return [
      ...results,
      { role: message.role, content, ...(calls.length > 0 && { tool_calls: calls }) },
    ];
  };
}

function contentOf(result: ToolResult): string {
  return result.content
    .map((part) => ("text" in part ? part.text : JSON.stringify(part.json)))
    .join("\n");
}
