import * as v from "valibot";
import type { OpenAiResponseRequest } from "#lib/contract/openai.ts";
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
import { segmentOf } from "./openai-response.ts";
import type { ResponseSegment } from "./openai-responses-items.ts";

/** Where the new message goes. */
export interface ResponsesPlace {
  previous?: ResponseSegment;
  /** The conversation as the client names it. */
  conversation?: string;
}

/** Fields that are read. */
const read = [
  ...["model", "input", "instructions", "previous_response_id", "conversation", "tools"],
  ...["reasoning", "stream", "background"],
];

/** Values that change nothing here. */
const neutral = {
  store: [true],
  temperature: [1],
  top_p: [1],
  n: [1],
  parallel_tool_calls: [true],
  tool_choice: ["auto"],
  truncation: ["disabled"],
  text: [{ format: { type: "text" } }, {}],
  include: [[]],
  metadata: [{}],
  service_tier: ["auto", "default"],
  stream_options: true,
  user: true,
  safety_identifier: true,
  prompt_cache_key: true,
  prompt_cache_retention: true,
} as const;

/** Returns what `POST /v1/responses` asks for. @throws HttpProblem 400 or 404 that names the field */
export function readResponsesRequest(
  request: OpenAiResponseRequest,
  { messageLimit, offeredModelIds, readClientTools }: ReadOptions,
): { intent: OpenAiIntent; place: ResponsesPlace } {
  refuseUnsupported(request, read, neutral);
  refuseUnsupported(request.reasoning ?? {}, ["effort"], {});
  const pieces =
    typeof request.input === "string" ? textPiece(request.input) : piecesOf(request.input);
  const asked = readHistory(pieces, "input", messageLimit);
  const place = placeOf(request);
  const { model, instructions, reasoning, tools } = request;
  const settings = readSettings(model, offeredModelIds, {
    instructions: [instructions ?? "", ...(asked.kind === "message" ? asked.instructions : [])],
    ...{ effort: reasoning?.effort, effortField: "reasoning.effort" },
  });
  const clientTools = readClientTools?.(declaredTools(tools ?? []), "tools") ?? [];
  if (asked.kind === "outputs") return { intent: asked, place };
  const { message, history } = asked;
  // A conversation of ours knows its history.
  const isKnown = place.previous !== undefined || place.conversation !== undefined;
  return {
    intent: { kind: "message", message, history: isKnown ? [] : history, settings, clientTools },
    place,
  };
}

const textPiece = (text: string): HistoryPiece[] => [{ type: "user", text }];

type Item = Exclude<OpenAiResponseRequest["input"], string>[number];

const CallItem = v.object({ call_id: v.string(), name: v.string(), arguments: v.string() });
const OutputItem = v.object({ call_id: v.string(), output: v.unknown() });
const HostedItem = v.object({
  name: v.string(),
  arguments: v.string(),
  output: v.nullish(v.string()),
});

const piecesOf = (items: readonly Item[]): HistoryPiece[] =>
  items.flatMap((item, index): HistoryPiece[] => {
    const field = `input.${index}`;
    switch (item.type ?? "message") {
      case "message":
        return [{ type: roleOf(item.role, field), text: textOf(item.content, `${field}.content`) }];
      case "function_call": {
        const { call_id, name, arguments: input } = conform(CallItem, item, field);
        return [{ type: "call", callId: call_id, name, input }];
      }
      case "function_call_output": {
        const { call_id, output } = conform(OutputItem, item, field);
        return [{ type: "output", callId: call_id, output: textOf(output, `${field}.output`) }];
      }
      case "mcp_call": {
        const { name, arguments: input, output } = conform(HostedItem, item, field);
        return [{ type: "call", callId: field, name, input, output: output ?? undefined }];
      }
      case "reasoning":
        return [];
      default:
        throw refusal(`${field}.type`, "is not supported");
    }
  });

function roleOf(role: string | undefined, field: string): "instructions" | "user" | "assistant" {
  if (role === "user" || role === "assistant") return role;
  if (role === "system" || role === "developer") return "instructions";
  throw refusal(`${field}.role`, "must be user, assistant, system or developer");
}

function declaredTools(
  tools: readonly { type: string; [field: string]: unknown }[],
): DeclaredTool[] {
  return tools.map(({ type, name, description, parameters }, index) => {
    if (type !== "function") throw refusal(`tools.${index}.type`, "is supported only as function");
    return { name, description: description ?? undefined, parameters: parameters ?? undefined };
  });
}

function placeOf({ previous_response_id, conversation }: OpenAiResponseRequest): ResponsesPlace {
  const previousId = previous_response_id ?? undefined;
  const conversationId = typeof conversation === "object" ? conversation?.id : conversation;
  if (previousId !== undefined && conversationId !== undefined) {
    throw refusal("conversation", "must not be sent together with previous_response_id");
  }
  if (previousId === undefined) {
    return conversationId === undefined ? {} : { conversation: conversationId };
  }
  const previous = segmentOf(previousId);
  if (!previous)
    throw refusal("previous_response_id", "must be the id of a response of this service");
  return { previous };
}
