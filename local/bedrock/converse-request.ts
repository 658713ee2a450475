import * as v from "valibot";

/**
 * The body of Converse and ConverseStream, as far as a text chat with tools uses it. Blocks are strict: the server
 * refuses unknown blocks.
 */
const Text = v.strictObject({ text: v.string() });
const CachePoint = v.strictObject({ cachePoint: v.object({ type: v.literal("default") }) });
const Reasoning = v.strictObject({ reasoningContent: v.record(v.string(), v.unknown()) });
const ToolUse = v.strictObject({
  toolUse: v.strictObject({ toolUseId: v.string(), name: v.string(), input: v.unknown() }),
});
const ToolResult = v.strictObject({
  toolResult: v.strictObject({
    toolUseId: v.string(),
    content: v.array(v.union([Text, v.strictObject({ json: v.unknown() })])),
    status: v.optional(v.picklist(["success", "error"])),
  }),
});
const ContentBlock = v.union([Text, ToolUse, ToolResult, Reasoning, CachePoint]);
const Message = v.strictObject({
  role: v.picklist(["user", "assistant"]),
  content: v.array(ContentBlock),
});
const ToolSpecification = v.strictObject({
  name: v.string(),
  description: v.optional(v.string()),
  inputSchema: v.strictObject({ json: v.record(v.string(), v.unknown()) }),
  strict: v.optional(v.boolean()),
});
const ToolConfig = v.object({
  tools: v.array(v.union([v.strictObject({ toolSpec: ToolSpecification }), CachePoint])),
  toolChoice: v.optional(v.record(v.string(), v.unknown())),
});
const InferenceConfig = v.strictObject({
  maxTokens: v.optional(v.number()),
  temperature: v.optional(v.number()),
  topP: v.optional(v.number()),
  stopSequences: v.optional(v.array(v.string())),
});

export const ConverseRequest = v.object({
  messages: v.optional(v.array(Message), []),
  system: v.optional(v.array(v.union([Text, CachePoint])), []),
  inferenceConfig: v.optional(InferenceConfig),
  toolConfig: v.optional(ToolConfig),
  additionalModelRequestFields: v.optional(v.record(v.string(), v.unknown())),
});

export type ConverseRequest = v.InferOutput<typeof ConverseRequest>;
export type Message = v.InferOutput<typeof Message>;
export type ContentBlock = v.InferOutput<typeof ContentBlock>;
export type ToolSpecification = v.InferOutput<typeof ToolSpecification>;
export type ToolUse = v.InferOutput<typeof ToolUse>["toolUse"];
export type ToolResult = v.InferOutput<typeof ToolResult>["toolResult"];

/** Returns the tools that a request offers to the model. */
export function offeredTools(request: ConverseRequest): ToolSpecification[] {
  return (request.toolConfig?.tools ?? []).flatMap((tool) =>
    "toolSpec" in tool ? [tool.toolSpec] : [],
  );
}

export function toolUses(message: Message | undefined): ToolUse[] {
  return (message?.content ?? []).flatMap((block) => ("toolUse" in block ? [block.toolUse] : []));
}

export function toolResults(message: Message | undefined): ToolResult[] {
  return (message?.content ?? []).flatMap((block) =>
    "toolResult" in block ? [block.toolResult] : [],
  );
}

export function texts(message: Message | undefined): string[] {
  return (message?.content ?? []).flatMap((block) => ("text" in block ? [block.text] : []));
}
