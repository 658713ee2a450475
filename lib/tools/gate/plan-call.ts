import type { PolicyRule } from "#lib/platform/tool-policy.ts";
import type { Tool } from "#lib/tools/tool.ts";
import { checkInput } from "./check-input.ts";
import { type Conversation, isComposedAddress } from "./composed-address.ts";
import { definitionSha256, sha256 } from "./digest.ts";
import { type ModelToolCall, maxToolCalls, type PlannedCall } from "./planned-call.ts";
import { policyOf, ruleOf } from "./policy.ts";

interface PlanParts {
  tools: readonly Tool[];
  /** False if some tools could not be looked up. */
  isComplete: boolean;
  /** The tools that the policy does not deny. */
  offered: readonly Tool[];
  policy: readonly PolicyRule[];
}

/** Decides whether a call may run. What a tool returned can only make a call ask. */
export function planCall(
  { tools, isComplete, offered, policy }: PlanParts,
  call: ModelToolCall,
  { isTooMany, conversation }: { isTooMany: boolean; conversation: () => Conversation },
): PlannedCall {
  const { id, name, input } = call;
  const tool = tools.find((candidate) => candidate.name === name);
  const { clientName } = tool ?? {};
  const planned = {
    ...{ id, name: clientName ?? name, input, effect: tool?.effect ?? "none" },
    ...(clientName !== undefined && { client: true as const }),
  };
  const refuse = (refusal: string): PlannedCall => ({
    ...planned,
    ...{ verdict: "refused", refusal, argumentsSha256: "", definitionSha256: "" },
  });

  if (isTooMany) return refuse(tooMany);
  if (!tool) return refuse(isComplete ? noSuchTool(offered) : missing);
  const allowed = policyOf(tool, policy);
  if (allowed === "deny") return refuse(denied);
  const checked = checkInput(tool, input);
  if (!checked.isValid) return refuse(`${checked.reason}.`);
  const address = ruleOf(name, policy) ? undefined : tool.addressOf?.(input);
  const isComposed = address !== undefined && isComposedAddress(address, conversation(), tools);
  return {
    ...planned,
    verdict: allowed === "ask" || isComposed ? "ask" : tool.effect === "write" ? "effect" : "run",
    argumentsSha256: sha256(checked.canonical),
    definitionSha256: definitionSha256(tool),
  };
}

/** The person is not shown such a call, because one answer may have hundreds. */
export const tooMany = `one turn may use at most ${maxToolCalls} tool calls. Answer with what you have.`;
const denied = "this deployment does not allow the tool. Do not call it again.";
/** A person may have approved the call while the server could be reached. */
const missing =
  "the tool is not available now, and nothing was done: a tool server could not be reached, or there is no such tool.";
const noSuchTool = (tools: readonly Tool[]) =>
  tools.length === 0
    ? "there are no tools."
    : `there is no such tool. Use one of: ${tools.map(({ name }) => name).join(", ")}.`;
