import * as v from "valibot";
import { BedrockError, refuseRequest } from "./bedrock-error.ts";
import { type ConverseRequest, toolResults } from "./converse-request.ts";
import { limitsOf, type ModelLimits } from "./known-models.ts";

/** Checks what this model does not support although the request is well formed. @throws BedrockError */
export function checkModelLimits(
  modelId: string,
  request: ConverseRequest,
  streaming: boolean,
): void {
  const limits = limitsOf(modelId);
  checkResultStatus(request, modelId);
  checkSampling(request, limits);
  checkThinking(request, modelId);
  checkCachePoints(request, limits);
  checkToolUse(request, limits, streaming);
}

/** ToolResultBlock's reference: `status` "is only supported by Amazon Nova and Anthropic Claude 3 and 4 models". */
function checkResultStatus({ messages }: ConverseRequest, modelId: string): void {
  const hasStatus = messages.flatMap(toolResults).some(({ status }) => status !== undefined);
  if (hasStatus && !/^demo-model|amazon\.nova|anthropic\.claude/.test(modelId)) {
    refuseRequest("This model doesn't support the status field. Remove status and try again.");
  }
}

function checkSampling({ inferenceConfig }: ConverseRequest, limits: ModelLimits): void {
  const { maxTokens = 1, temperature, topP } = inferenceConfig ?? {};
  const { maxOutputTokens, sampling } = limits;
  if (maxTokens > maxOutputTokens) {
    refuseRequest(
      `The maximum tokens you requested exceeds the model limit of ${maxOutputTokens}. Try again with a maximum tokens value that is lower than ${maxOutputTokens}.`,
    );
  }
  const refused = temperature !== undefined ? "temperature" : topP !== undefined ? "top_p" : "";
  if (sampling === "none" && refused !== "") {
    refuseRequest(
      `The model returned the following errors: \`${refused}\` is deprecated for this model.`,
    );
  }
  if (sampling === "one" && temperature !== undefined && topP !== undefined) {
    refuseRequest(
      "The model returned the following errors: `temperature` and `top_p` cannot both be specified for this model. Please use only one.",
    );
  }
}

const Effort = v.picklist(["low", "medium", "high"]);
const NovaFields = v.strictObject({
  reasoningConfig: v.strictObject({ type: v.literal("enabled"), maxReasoningEffort: Effort }),
});
const ClaudeFields = v.strictObject({
  thinking: v.strictObject({ type: v.literal("adaptive") }),
  output_config: v.strictObject({ effort: Effort }),
});

/** Checks the fields that tell a model how much to think. */
function checkThinking(
  { additionalModelRequestFields: fields, inferenceConfig = {} }: ConverseRequest,
  modelId: string,
): void {
  if (fields === undefined) return;
  const { maxTokens, temperature, topP } = inferenceConfig;
  if (/amazon\.nova-2-|^demo-model/.test(modelId) && v.is(NovaFields, fields)) {
    const isHigh = fields.reasoningConfig.maxReasoningEffort === "high";
    const isBounded = [maxTokens, temperature, topP].some((value) => value !== undefined);
    if (isHigh && isBounded && !modelId.startsWith("demo-model")) {
      refuseRequest(
        "maxTokens, temperature and topP must not be set when maxReasoningEffort is high.",
      );
    }
  } else if (/claude-(sonnet|opus)-(4-[678]|5)/.test(modelId) && v.is(ClaudeFields, fields)) {
    if (temperature !== undefined || topP !== undefined) {
      refuseRequest(
        "The model returned the following errors: `temperature` may only be set to 1 when thinking is enabled.",
      );
    }
  } else {
    refuseRequest(
      `Malformed input request: #: extraneous key [${Object.keys(fields)[0]}] is not permitted, please reformat your input and try again.`,
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
    refuseRequest(
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
    refuseRequest("This model doesn't support tool use in streaming mode.");
  }
  const forced = ["any", "tool"].find((choice) => choice in (toolConfig.toolChoice ?? {}));
  if (forced !== undefined && !forcedTools) {
    refuseRequest(
      `This model doesn't support the toolConfig.toolChoice.${forced} field. Remove toolConfig.toolChoice.${forced} and try again.`,
    );
  }
}
