import type { PolicyRule } from "#lib/platform/tool-policy.ts";
import type { Tool } from "#lib/tools/tool.ts";
import { checkInput } from "./check-input.ts";
import { definitionSha256, sha256 } from "./digest.ts";
import { type ModelToolCall, maxToolCalls, type PlannedCall } from "./planned-call.ts";
import { policyOf } from "./policy.ts";

interface PlanParts {
  tools: readonly Tool[];
  /** The tools that the policy does not deny. */
  offered: readonly Tool[];
  policy: readonly PolicyRule[];
}

/** Decides whether a call may run. Nothing that a tool returned has a part in it. */
export function planCall(
  { tools, offered, policy }: PlanParts,
  call: ModelToolCall,
  { isTooMany }: { isTooMany: boolean },
): PlannedCall {
  const { id, name, input } = call;
  const tool = tools.find((candidate) => candidate.name === name);
  const planned = { id, name, input, effect: tool?.effect ?? "none" } as const;
  const refuse = (refusal: string): PlannedCall => ({
    ...planned,
    ...{ verdict: "refused", refusal, argumentsSha256: "", definitionSha256: "" },
  });

  if (isTooMany) return refuse(tooMany);
  if (!tool) return refuse(noSuchTool(offered));
  const allowed = policyOf(tool, policy);
  if (allowed === "deny") return refuse(denied);
  const checked = checkInput(tool, input);
  if (!checked.isValid) return refuse(`${checked.reason}.`);
  return {
    ...planned,
    verdict: allowed === "ask" ? "ask" : tool.effect === "write" ? "effect" : "run",
    argumentsSha256: sha256(checked.canonical),
    definitionSha256: definitionSha256(tool),
  };
}

/** The person is not shown such a call, because one answer may have hundreds. */
export const tooMany = `one turn may use at most ${maxToolCalls} tool calls. Answer with what you have.`;
const denied = "this deployment does not allow the tool. Do not call it again.";
const noSuchTool = (tools: readonly Tool[]) =>
  tools.length === 0
    ? "there are no tools."
    : `there is no such tool. Use one of: ${tools.map(({ name }) => name).join(", ")}.`;
