import type { ToolCall, Usage } from "#lib/contract/chat.ts";
import type { Source } from "#lib/contract/source.ts";
import type { Statement } from "#lib/platform/postgres.ts";
import { storableText } from "#lib/platform/storable-text.ts";
import { callFunction } from "./function-call.ts";
import { packAttempt } from "./packed-trace.ts";
import { storableSources } from "./storable-sources.ts";
import { storableTools } from "./storable-tools.ts";
import type { StoredAttempt } from "./stored-trace.ts";
import { type AttemptCost, bookedTokens, storedUsage } from "./turn-money.ts";

/** A tool call of the running turn, as the gate has judged it. */
export interface GatedCall {
  /** `<turn id>.<ordinal of the model call>.<index>` */
  id: string;
  name: string;
  input: unknown;
  effect: NonNullable<ToolCall["effect"]>;
  /** `ask`: a person decides. `effect`: the policy allows the call, and it has an effect. `run`: it has none. */
  verdict: "run" | "effect" | "ask" | "refused";
  /** The program that sent the message runs the call. */
  client?: true;
  argumentsSha256: string;
  definitionSha256: string;
}

/** Returns the statement that parks a turn under an asserted fence, settles its money and releases the conversation. */
export function parkTurn(
  turn: { id: string; attempt: number },
  calls: readonly GatedCall[],
  shown: {
    text: string;
    tools: ToolCall[];
    sources: Source[];
    usage: Usage | null;
    trace?: StoredAttempt | undefined;
  },
  cost: AttemptCost,
  approvalDays: number,
): Statement {
  const { text, params } = callFunction("park_turn", {
    turn: turn.id,
    attempt: turn.attempt,
    shown_text: storableText(shown.text),
    shown_tools: storableTools(shown.tools),
    calls: JSON.stringify(calls.map(askedCall)),
    approval_days: approvalDays,
    spent: cost.spent,
    is_estimated: cost.isEstimated,
    spent_usage: bookedTokens(cost.usage),
    usage_so_far: shown.usage && storedUsage(shown.usage),
    shown_sources: storableSources(shown.sources),
    trace: shown.trace && packAttempt(shown.trace, null),
  });
  return { text: `select ${text}`, params };
}

const askedCall = (call: GatedCall) => ({
  call_id: call.id,
  tool: storableText(call.name),
  arguments_sha256: call.argumentsSha256,
  definition_sha256: call.definitionSha256,
  effect: call.effect,
  client: call.client,
});
