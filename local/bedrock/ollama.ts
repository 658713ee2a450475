import { randomUUID } from "node:crypto";
import * as v from "valibot";
import type { AnswerEvent, LanguageModel, ModelCall } from "./answer.ts";
import { toolCallEvents } from "./answer.ts";
import { BedrockError } from "./bedrock-error.ts";
import { toOllamaRequest } from "./ollama-request.ts";

/** Servers with Ollama's API omit empty fields or send null. */
const text = v.nullish(v.string(), "");
const count = v.nullish(v.number(), 0);

const NamedCall = v.object({ name: v.string(), arguments: v.nullish(v.unknown()) });
/** Some servers omit the level `function`. */
const ToolCall = v.union([
  v.pipe(
    v.object({ function: NamedCall }),
    v.transform((call) => call.function),
  ),
  NamedCall,
]);

/**
 * One line of the response of Ollama's `POST /api/chat`. Ollama sends a tool call in one piece. Its arguments come
 * unchecked from the model: usually an object, sometimes JSON text, sometimes nothing.
 */
const Line = v.object({
  error: v.nullish(v.unknown()),
  message: v.nullish(
    v.object({
      content: text,
      thinking: text,
      tool_calls: v.nullish(v.array(ToolCall), []),
    }),
  ),
  done: v.nullish(v.boolean(), false),
  done_reason: v.nullish(v.string()),
  prompt_eval_count: count,
  eval_count: count,
});
type Line = v.InferOutput<typeof Line>;

const noMessage: NonNullable<Line["message"]> = { content: "", thinking: "", tool_calls: [] };

/** Returns the models of an Ollama server on this machine. `endpoint` is a URL without a path. */
export function createOllama({ endpoint }: { endpoint: string }): LanguageModel {
  return async function* (call) {
    const response = await post(endpoint, call);
    let calledTools = false;
    for await (const line of readLines(response, call.signal)) {
      if (line.error) throw new BedrockError("modelStreamErrorException", asText(line.error));
      const { content, thinking, tool_calls } = { ...noMessage, ...line.message };
      if (thinking) yield { type: "reasoning", text: thinking };
      if (content) yield { type: "text", text: content };
      for (const called of tool_calls) {
        calledTools = true;
        // Ollama's calls have no id, or an id that is unique only in one answer. Bedrock's are unique in a conversation.
        const id = `tooluse_${randomUUID()}`;
        yield* toolCallEvents(id, called.name, toJson(called.arguments));
      }
      if (line.done) yield stop(line, calledTools);
    }
  };
}

/** Bedrock sends arguments as JSON text. If the model wrote a text, it is passed on unchanged. */
function toJson(argumentsOfCall: unknown): string {
  if (argumentsOfCall === undefined || argumentsOfCall === null) return "";
  return asText(argumentsOfCall);
}

const asText = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value);

/** The id of Ollama's model `qwen3:8b` is `ollama/qwen3:8b`. */
const idPrefix = "ollama/";

async function post(endpoint: string, { modelId, request, signal }: ModelCall): Promise<Response> {
  const model = modelId.slice(idPrefix.length);
  let response: Response;
  try {
    response = await fetch(`${endpoint}/api/chat`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(toOllamaRequest(model, request)),
      signal,
    });
  } catch (cause) {
    if (signal.aborted) throw cause;
    const message = `Ollama does not respond at ${endpoint}.`;
    throw new BedrockError("ServiceUnavailableException", message, { cause });
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

async function refusal(response: Response): Promise<BedrockError> {
  const message = `Ollama refused: ${(await response.text()).slice(0, 300)}`;
  if (response.status === 404) return new BedrockError("ResourceNotFoundException", message);
  if (response.status === 400) return new BedrockError("ValidationException", message);
  // Ollama returns 503 when its own queue is full.
  if ([429, 503].includes(response.status)) return new BedrockError("ThrottlingException", message);
  return new BedrockError("ModelErrorException", message);
}

async function* readLines(response: Response, signal: AbortSignal): AsyncGenerator<Line> {
  let rest = "";
  for await (const text of readText(response, signal)) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim()) yield parseLine(line);
  }
  if (rest.trim()) yield parseLine(rest);
}

async function* readText(response: Response, signal: AbortSignal): AsyncGenerator<string> {
  try {
    yield* response.body?.pipeThrough(new TextDecoderStream()) ?? [];
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new BedrockError("modelStreamErrorException", "Ollama broke off its answer.", { cause });
  }
}

function parseLine(line: string): Line {
  try {
    return v.parse(Line, JSON.parse(line));
  } catch (cause) {
    const message = "Ollama sent a line that is not part of its protocol.";
    throw new BedrockError("modelStreamErrorException", message, { cause });
  }
}

function stop(line: Line, calledTools: boolean): AnswerEvent {
  const usage = { inputTokens: line.prompt_eval_count, outputTokens: line.eval_count };
  if (line.done_reason === "length") return { type: "stop", reason: "max_tokens", usage };
  return { type: "stop", reason: calledTools ? "tool_use" : "end_turn", usage };
}
