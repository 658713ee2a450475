import * as v from "valibot";
import type { OpenAiChatRequest } from "#lib/contract/openai.ts";
import { conform } from "#lib/platform/http/parse-request.ts";
import type { DeclaredTool } from "#lib/tools/client-tools.ts";
import {
  type HistoryPiece,
  type OpenAiIntent,
  type ReadOptions,
  readHistory,
  readSettings,
  refusal,
  refuseUnsupported,
  textOf,
} from "./openai-request.ts";

const read = ["model", "messages", "tools", "reasoning_effort", "stream", "stream_options"];

/** Values that change nothing here. */
const neutral = {
  n: [1],
  temperature: [1],
  top_p: [1],
  presence_penalty: [0],
  frequency_penalty: [0],
  logprobs: [false],
  logit_bias: [{}],
  store: [true],
  response_format: [{ type: "text" }],
  modalities: [["text"]],
  parallel_tool_calls: [true],
  tool_choice: ["auto"],
  metadata: [{}],
  service_tier: ["auto", "default"],
  user: true,
  safety_identifier: true,
  prompt_cache_key: true,
  prompt_cache_retention: true,
} as const;

/** Returns what `POST /v1/chat/completions` asks for. @throws HttpProblem 400 or 404 that names the field */
export function readChatCompletionsRequest(
  request: OpenAiChatRequest,
  { messageLimit, offeredModelIds, readClientTools }: ReadOptions,
): OpenAiIntent {
  refuseUnsupported(request, read, neutral);
  const { model, messages, tools, reasoning_effort } = request;
  const asked = readHistory(messages.flatMap(piecesOf), "messages", messageLimit);
  const settings = readSettings(model, offeredModelIds, {
    instructions: asked.kind === "message" ? asked.instructions : [],
    ...{ effort: reasoning_effort, effortField: "reasoning_effort" },
  });
  const clientTools = readClientTools?.((tools ?? []).map(declaredTool), "tools") ?? [];
  if (asked.kind === "outputs") return asked;
  const { message, history } = asked;
  return { kind: "message", message, history, settings, clientTools };
}

const ToolCalls = v.nullish(
  v.array(
    v.object({ id: v.string(), function: v.object({ name: v.string(), arguments: v.string() }) }),
  ),
);

function piecesOf(message: OpenAiChatRequest["messages"][number], index: number): HistoryPiece[] {
  const field = `messages.${index}`;
  const text = textOf(message.content, `${field}.content`);
  switch (message.role) {
    case "system":
    case "developer":
      return [{ type: "instructions", text }];
    case "user":
      return [{ type: "user", text }];
    case "assistant": {
      const calls = conform(ToolCalls, message.tool_calls, `${field}.tool_calls`) ?? [];
      return [
        { type: "assistant", text },
        ...calls.map(({ id, function: { name, arguments: input } }): HistoryPiece => {
          return { type: "call", callId: id, name, input };
        }),
      ];
    }
    case "tool": {
      const callId = conform(v.string(), message.tool_call_id, `${field}.tool_call_id`);
      return [{ type: "output", callId, output: text }];
    }
    default:
      throw refusal(`${field}.role`, "must be user, assistant, tool, system or developer");
  }
}

const FunctionTool = v.looseObject({
  function: v.looseObject({ name: v.unknown() }),
});

function declaredTool(tool: { type: string }, index: number): DeclaredTool {
  const field = `tools.${index}`;
  if (tool.type !== "function") throw refusal(`${field}.type`, "is supported only as function");
  const { name, description, parameters } = conform(FunctionTool, tool, field).function;
  return { name, description: description ?? undefined, parameters: parameters ?? undefined };
}
