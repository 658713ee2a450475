import * as v from "valibot";
import { isJsonObject } from "#lib/platform/json.ts";
import { refuseRequest } from "./bedrock-error.ts";
import { checkModelLimits } from "./check-model-limits.ts";
import { checkOfferedTools, checkToolMessages } from "./check-tools.ts";
import { ConverseRequest, type Message } from "./converse-request.ts";

/**
 * Parses a request, and refuses it as Bedrock would. README.md lists every refusal with its source. Where models differ
 * and the limits of one are unknown, the strictest limits apply.
 * @throws BedrockError that names the path of the fault and never repeats a text
 */
export function validateRequest(
  modelId: string,
  body: unknown,
  streaming = false,
): ConverseRequest {
  const parsed = v.safeParse(ConverseRequest, body);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    refuseRequest(`The format of the value at ${v.getDotPath(issue) ?? "the request"} is invalid.`);
  }
  const request = parsed.output;
  checkTurns(request.messages);
  checkContent(request);
  checkToolMessages(request);
  checkInference(request);
  checkModelLimits(modelId, request, streaming);
  checkOfferedTools(modelId, request);
  return request;
}

function checkTurns(messages: Message[]): void {
  if (messages[0]?.role !== "user") {
    refuseRequest(
      "A conversation must start with a user message. Try again with a conversation that starts with a user message.",
    );
  }
  for (const [index, message] of messages.entries()) {
    if (index > 0 && message.role === messages[index - 1]?.role) {
      refuseRequest(
        "A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.",
      );
    }
  }
  // Newer models refuse a prefilled answer. Older models would continue it.
  if (messages.at(-1)?.role !== "user") {
    refuseRequest("The conversation must end with a user message.");
  }
}

function checkContent(request: ConverseRequest): void {
  for (const [index, block] of request.system.entries()) {
    if ("text" in block) checkText(block.text, `system.${index}`);
  }
  for (const [index, message] of request.messages.entries()) {
    const path = `messages.${index}.content`;
    if (message.content.length === 0) {
      refuseRequest(
        `The content field in the Message object at messages.${index} is empty. Add a ContentBlock object to the content field and try again.`,
      );
    }
    for (const [position, block] of message.content.entries()) {
      if ("text" in block) checkText(block.text, `${path}.${position}`);
      if ("toolResult" in block) {
        if (block.toolResult.content.length === 0) {
          refuseRequest(`The content field in the toolResult at ${path}.${position} is empty.`);
        }
        for (const part of block.toolResult.content) {
          if ("text" in part) checkText(part.text, `${path}.${position}.toolResult.content`);
        }
      }
      if ("toolUse" in block && !isJsonObject(block.toolUse.input)) {
        refuseRequest(
          `The format of the value at ${path}.${position}.toolUse.input is invalid. Provide a json object for the field and try again.`,
        );
      }
    }
  }
}

function checkText(text: string, path: string): void {
  if (text.trim() === "") {
    refuseRequest(
      `The text field in the ContentBlock object at ${path} is blank. Add text to the text field, and try again.`,
    );
  }
}

function checkInference({ inferenceConfig, toolConfig }: ConverseRequest): void {
  const { maxTokens, temperature, topP, stopSequences = [] } = inferenceConfig ?? {};
  if (stopSequences.includes("")) {
    refuseRequest(
      "Value at 'inferenceConfig.stopSequences' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
  }
  if (maxTokens !== undefined && (!Number.isInteger(maxTokens) || maxTokens < 1)) {
    refuseRequest(
      `Value '${maxTokens}' at 'inferenceConfig.maxTokens' failed to satisfy constraint: Member must have value greater than or equal to 1`,
    );
  }
  for (const [name, value] of Object.entries({ temperature, topP })) {
    if (value !== undefined && (value < 0 || value > 1)) {
      refuseRequest(
        `Value '${value}' at 'inferenceConfig.${name}' failed to satisfy constraint: Member must have a value between 0 and 1`,
      );
    }
  }
  if (toolConfig && toolConfig.tools.length === 0) {
    refuseRequest("The tools field at toolConfig is empty. Add a tool, or leave toolConfig out.");
  }
}
