import * as v from "valibot";
import { BedrockError } from "./bedrock-error.ts";
import {
  ConverseRequest,
  type Message,
  offeredTools,
  type ToolSpecification,
  toolResults,
  toolUses,
} from "./converse-request.ts";
import { limitsOf, type ModelLimits } from "./known-models.ts";

/**
 * Refuses what Bedrock refuses, so that a conversation that passes here is valid there. README.md lists all of it.
 * Where models differ and nothing is known of one, the strictest counts.
 * @throws BedrockError which names the place and never repeats a text.
 */
export function validateRequest(
  modelId: string,
  body: unknown,
  streaming = false,
): ConverseRequest {
  const parsed = v.safeParse(ConverseRequest, body);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    refuse(`The format of the value at ${v.getDotPath(issue) ?? "the request"} is invalid.`);
  }
  const request = parsed.output;
  checkTurns(request.messages);
  checkContent(request);
  checkToolBlocks(request);
  checkToolIds(request);
  checkResultStatus(request, modelId);
  checkInference(request);
  const limits = limitsOf(modelId);
  checkSampling(request, limits);
  checkCachePoints(request, limits);
  checkToolUse(request, limits, streaming);
  for (const [index, tool] of offeredTools(request).entries()) checkTool(modelId, tool, index);
  checkDistinct(
    offeredTools(request).map((tool) => tool.name),
    "toolConfig.tools contains the same tool name more than once.",
  );
  return request;
}

function checkTurns(messages: Message[]): void {
  if (messages[0]?.role !== "user") {
    refuse(
      "A conversation must start with a user message. Try again with a conversation that starts with a user message.",
    );
  }
  for (const [index, message] of messages.entries()) {
    if (index > 0 && message.role === messages[index - 1]?.role) {
      refuse(
        "A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.",
      );
    }
  }
  // Newer models refuse a prefilled answer; older ones would continue it.
  if (messages.at(-1)?.role !== "user") {
    refuse("The conversation must end with a user message.");
  }
}

function checkContent(request: ConverseRequest): void {
  for (const [index, block] of request.system.entries()) {
    if ("text" in block) checkText(block.text, `system.${index}`);
  }
  for (const [index, message] of request.messages.entries()) {
    const place = `messages.${index}.content`;
    if (message.content.length === 0) {
      refuse(
        `The content field in the Message object at messages.${index} is empty. Add a ContentBlock object to the content field and try again.`,
      );
    }
    for (const [position, block] of message.content.entries()) {
      if ("text" in block) checkText(block.text, `${place}.${position}`);
      if ("toolResult" in block) {
        if (block.toolResult.content.length === 0) {
          refuse(`The content field in the toolResult at ${place}.${position} is empty.`);
        }
        for (const part of block.toolResult.content) {
          if ("text" in part) checkText(part.text, `${place}.${position}.toolResult.content`);
        }
      }
      if ("toolUse" in block && !isObject(block.toolUse.input)) {
        refuse(
          `The format of the value at ${place}.${position}.toolUse.input is invalid. Provide a json object for the field and try again.`,
        );
      }
    }
  }
}

function checkText(text: string, place: string): void {
  if (text.trim() === "") {
    refuse(
      `The text field in the ContentBlock object at ${place} is blank. Add text to the text field, and try again.`,
    );
  }
}

/** Every toolUse is answered once, at the head of the next message, and nothing else is. */
function checkToolBlocks(request: ConverseRequest): void {
  const used: string[] = [];
  for (const [index, message] of request.messages.entries()) {
    const place = `messages.${index}.content`;
    const asked = toolUses(request.messages[index - 1]).map((use) => use.toolUseId);
    const answered = toolResults(message).map((result) => result.toolUseId);
    const here = toolUses(message).map((use) => use.toolUseId);
    used.push(...here);

    if (message.role === "user" && here.length > 0) {
      refuse(`toolUse blocks at ${place} are only allowed in messages of the assistant.`);
    }
    if (message.role === "assistant" && answered.length > 0) {
      refuse(`toolResult blocks at ${place} are only allowed in messages of the user.`);
    }
    const missing = asked.filter((id) => !answered.includes(id));
    if (missing.length > 0) {
      refuse(
        `Expected toolResult blocks at ${place} for the following Ids: ${missing.join(", ")}, but found: ${answered.join(", ")}`,
      );
    }
    if (answered.length > asked.length) {
      refuse(
        `The number of toolResult blocks at ${place} exceeds the number of toolUse blocks of previous turn.`,
      );
    }
    const head = message.content.slice(0, answered.length);
    if (!head.every((block) => "toolResult" in block)) {
      refuse(`The toolResult blocks at ${place} must come before any other content.`);
    }
    if (here.length + answered.length > 0 && offeredTools(request).length === 0) {
      refuse(
        "The toolConfig field must be defined when using toolUse and toolResult content blocks.",
      );
    }
    for (const use of toolUses(message)) checkName(use.name, place);
  }
  checkDistinct(used, "The toolUse blocks of the conversation contain the same Id more than once.");
}

function checkToolIds({ messages }: ConverseRequest): void {
  for (const [index, message] of messages.entries()) {
    const ids = [...toolUses(message), ...toolResults(message)].map(({ toolUseId }) => toolUseId);
    if (!ids.every((id) => /^[a-zA-Z0-9_-]{1,64}$/.test(id))) {
      refuse(
        `Value at 'messages.${index}.content.toolUseId' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]{1,64}`,
      );
    }
  }
}

/** ToolResultBlock's reference: `status` "is only supported by Amazon Nova and Anthropic Claude 3 and 4 models". */
function checkResultStatus({ messages }: ConverseRequest, modelId: string): void {
  const hasStatus = messages.flatMap(toolResults).some(({ status }) => status !== undefined);
  if (hasStatus && !/^demo-model$|amazon\.nova|anthropic\.claude/.test(modelId)) {
    refuse("This model doesn't support the status field. Remove status and try again.");
  }
}

function checkInference({ inferenceConfig, toolConfig }: ConverseRequest): void {
  const { maxTokens, temperature, topP, stopSequences = [] } = inferenceConfig ?? {};
  if (stopSequences.includes("")) {
    refuse(
      "Value at 'inferenceConfig.stopSequences' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
  }
  if (maxTokens !== undefined && (!Number.isInteger(maxTokens) || maxTokens < 1)) {
    refuse(
      `Value '${maxTokens}' at 'inferenceConfig.maxTokens' failed to satisfy constraint: Member must have value greater than or equal to 1`,
    );
  }
  for (const [name, value] of Object.entries({ temperature, topP })) {
    if (value !== undefined && (value < 0 || value > 1)) {
      refuse(
        `Value '${value}' at 'inferenceConfig.${name}' failed to satisfy constraint: Member must have a value between 0 and 1`,
      );
    }
  }
  if (toolConfig && toolConfig.tools.length === 0) {
    refuse("The tools field at toolConfig is empty. Add a tool, or leave toolConfig out.");
  }
}

function checkSampling({ inferenceConfig }: ConverseRequest, limits: ModelLimits): void {
  const { maxTokens = 1, temperature, topP } = inferenceConfig ?? {};
  const { maxOutputTokens, sampling } = limits;
  if (maxTokens > maxOutputTokens) {
    refuse(
      `The maximum tokens you requested exceeds the model limit of ${maxOutputTokens}. Try again with a maximum tokens value that is lower than ${maxOutputTokens}.`,
    );
  }
  const refused = temperature !== undefined ? "temperature" : topP !== undefined ? "top_p" : "";
  if (sampling === "none" && refused !== "") {
    refuse(`The model returned the following errors: \`${refused}\` is deprecated for this model.`);
  }
  if (sampling === "one" && temperature !== undefined && topP !== undefined) {
    refuse(
      "The model returned the following errors: `temperature` and `top_p` cannot both be specified for this model. Please use only one.",
    );
  }
}

function checkCachePoints(request: ConverseRequest, { cachePoints }: ModelLimits): void {
  const inTools = request.toolConfig?.tools.findIndex((tool) => "cachePoint" in tool) ?? -1;
  const isUsed =
    inTools >= 0 ||
    request.system.some((block) => "cachePoint" in block) ||
    request.messages.some(({ content }) => content.some((block) => "cachePoint" in block));
  if (isUsed && cachePoints === "nowhere") {
    throw new BedrockError(
      "AccessDeniedException",
      "You invoked an unsupported model or your request did not allow prompt caching. See the documentation for more information.",
    );
  }
  if (inTools >= 0 && cachePoints === "not in tools") {
    refuse(
      `Malformed input request: #/toolConfig/tools/${inTools}: extraneous key [cachePoint] is not permitted, please reformat your input and try again.`,
    );
  }
}

function checkToolUse(
  { toolConfig }: ConverseRequest,
  { toolsInStreams, forcedTools }: ModelLimits,
  streaming: boolean,
): void {
  if (!toolConfig) return;
  if (streaming && !toolsInStreams) {
    refuse("This model doesn't support tool use in streaming mode.");
  }
  const forced = ["any", "tool"].find((choice) => choice in (toolConfig.toolChoice ?? {}));
  if (forced !== undefined && !forcedTools) {
    refuse(
      `This model doesn't support the toolConfig.toolChoice.${forced} field. Remove toolConfig.toolChoice.${forced} and try again.`,
    );
  }
}

function checkTool(modelId: string, tool: ToolSpecification, index: number): void {
  const place = `toolConfig.tools.${index}.toolSpec`;
  checkName(tool.name, place);
  if (tool.description !== undefined && tool.description.trim() === "") {
    refuse(`The description at ${place} is blank.`);
  }
  const schema = tool.inputSchema.json;
  if (schema.type !== "object") {
    refuse(`The value at ${place}.inputSchema.json.type must be one of the following: object.`);
  }
  // Only Anthropic's models read a whole JSON schema; the others know these three keys at the top.
  const extra = Object.keys(schema).find(
    (key) => !["type", "properties", "required"].includes(key),
  );
  if (extra !== undefined && !modelId.includes("anthropic.")) {
    refuse(`#/inputSchema/json: extraneous key [${extra}] is not permitted at ${place}`);
  }
}

function checkName(name: string, place: string): void {
  if (!/^[a-zA-Z0-9_-]{1,64}$/.test(name)) {
    refuse(
      `Value at '${place}.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]{1,64}`,
    );
  }
}

function checkDistinct(values: string[], message: string): void {
  if (new Set(values).size < values.length) refuse(message);
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refuse(message: string): never {
  throw new BedrockError("ValidationException", message);
}
