import { refuseRequest } from "./bedrock-error.ts";
import {
  type ConverseRequest,
  offeredTools,
  type ToolSpecification,
  toolResults,
  toolUses,
} from "./converse-request.ts";

/** Checks the tool calls and results in the messages. @throws BedrockError */
export function checkToolMessages(request: ConverseRequest): void {
  checkToolBlocks(request);
  checkToolIds(request);
}

/** Checks the tools that the request offers to the model. @throws BedrockError */
export function checkOfferedTools(modelId: string, request: ConverseRequest): void {
  for (const [index, tool] of offeredTools(request).entries()) checkTool(modelId, tool, index);
  checkDistinct(
    offeredTools(request).map((tool) => tool.name),
    "toolConfig.tools contains the same tool name more than once.",
  );
}

/** Each toolUse needs exactly one toolResult, at the beginning of the next message. */
function checkToolBlocks(request: ConverseRequest): void {
  const used: string[] = [];
  for (const [index, message] of request.messages.entries()) {
    const path = `messages.${index}.content`;
    const called = toolUses(request.messages[index - 1]).map((use) => use.toolUseId);
    const results = toolResults(message).map((result) => result.toolUseId);
    const uses = toolUses(message).map((use) => use.toolUseId);
    used.push(...uses);

    if (message.role === "user" && uses.length > 0) {
      refuseRequest(`toolUse blocks at ${path} are only allowed in messages of the assistant.`);
    }
    if (message.role === "assistant" && results.length > 0) {
      refuseRequest(`toolResult blocks at ${path} are only allowed in messages of the user.`);
    }
    const missing = called.filter((id) => !results.includes(id));
    if (missing.length > 0) {
      refuseRequest(
        `Expected toolResult blocks at ${path} for the following Ids: ${missing.join(", ")}, but found: ${results.join(", ")}`,
      );
    }
    if (results.length > called.length) {
      refuseRequest(
        `The number of toolResult blocks at ${path} exceeds the number of toolUse blocks of previous turn.`,
      );
    }
    const head = message.content.slice(0, results.length);
    if (!head.every((block) => "toolResult" in block)) {
      refuseRequest(`The toolResult blocks at ${path} must come before any other content.`);
    }
    if (uses.length + results.length > 0 && offeredTools(request).length === 0) {
      refuseRequest(
        "The toolConfig field must be defined when using toolUse and toolResult content blocks.",
      );
    }
    for (const use of toolUses(message)) checkName(use.name, path);
  }
  checkDistinct(used, "The toolUse blocks of the conversation contain the same Id more than once.");
}

function checkToolIds({ messages }: ConverseRequest): void {
  for (const [index, message] of messages.entries()) {
    const ids = [...toolUses(message), ...toolResults(message)].map(({ toolUseId }) => toolUseId);
    if (!ids.every((id) => /^[a-zA-Z0-9_-]{1,64}$/.test(id))) {
      refuseRequest(
        `Value at 'messages.${index}.content.toolUseId' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]{1,64}`,
      );
    }
  }
}

function checkTool(modelId: string, tool: ToolSpecification, index: number): void {
  const path = `toolConfig.tools.${index}.toolSpec`;
  checkName(tool.name, path);
  if (tool.description !== undefined && tool.description.trim() === "") {
    refuseRequest(`The description at ${path} is blank.`);
  }
  const schema = tool.inputSchema.json;
  if (schema.type !== "object") {
    refuseRequest(
      `The value at ${path}.inputSchema.json.type must be one of the following: object.`,
    );
  }
  // Only Anthropic's models accept a full JSON schema. The others accept these three keys at the top level.
  const extra = Object.keys(schema).find(
    (key) => !["type", "properties", "required"].includes(key),
  );
  if (extra !== undefined && !modelId.includes("anthropic.")) {
    refuseRequest(`#/inputSchema/json: extraneous key [${extra}] is not permitted at ${path}`);
  }
}

function checkName(name: string, path: string): void {
  if (!/^[a-zA-Z0-9_-]{1,64}$/.test(name)) {
    refuseRequest(
      `Value at '${path}.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]{1,64}`,
    );
  }
}

function checkDistinct(values: string[], message: string): void {
  if (new Set(values).size < values.length) refuseRequest(message);
}
