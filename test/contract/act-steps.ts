import { createHash, randomUUID } from "node:crypto";
import type { ToolCall, TurnState } from "#lib/contract/chat.ts";
import type { Source } from "#lib/contract/source.ts";
import type { DecisionInput } from "#lib/conversations/decide-call.ts";
import type { GatedCall } from "#lib/conversations/park-turn.ts";
import type { StoredAttempt } from "#lib/conversations/stored-trace.ts";
import type { AttemptCost } from "#lib/conversations/turn-money.ts";
import type { Turns } from "./open-stores.ts";
import {
  type Accepted,
  acceptAll,
  claimLease,
  type LeaseWithThread,
  runGraph,
} from "./turn-steps.ts";

export const noCost: AttemptCost = { spent: 0, isEstimated: false, usage: null };

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Returns the gate's judgement of one call of a turn. By default a person is asked about it. */
export function callOf(
  { turnId }: Pick<Accepted, "turnId">,
  index = 0,
  changes: Partial<GatedCall> = {},
): GatedCall {
  const input = changes.input ?? { text: `note ${index}` };
  return {
    ...{ id: `${turnId}.1.${index}`, name: "save_note", input, effect: "write", verdict: "ask" },
    argumentsSha256: sha256(JSON.stringify(input)),
    definitionSha256: sha256("save_note"),
    ...changes,
  };
}

/** Returns a call as the turn shows it. */
export const shownCall = (call: GatedCall, state: ToolCall["state"] = "waiting"): ToolCall => ({
  id: call.id,
  name: call.name,
  state,
  effect: call.effect,
  input: call.input,
});

/** Returns a person's decision about a call. */
export const decisionAbout = (
  { owner, conversationId, turnId }: Accepted,
  call: GatedCall,
  changes: Partial<DecisionInput> = {},
): DecisionInput => ({
  ...{ owner, conversationId, turnId, callId: call.id },
  ...{ argumentsSha256: call.argumentsSha256, decision: "approve" },
  ...changes,
});

const noSources: Source[] = [];

/** Parks a running turn, with its thread as the graph has it, and shows "Let me see." and the calls. */
export function park(
  lease: LeaseWithThread,
  calls: GatedCall[],
  {
    cost = noCost,
    text = "Let me see.",
    sources = noSources,
    trace,
  }: {
    cost?: AttemptCost;
    text?: string;
    sources?: Source[];
    trace?: StoredAttempt | undefined;
  } = {},
): Promise<TurnState> {
  const tools = calls.map((call) => shownCall(call));
  return lease.park(
    calls,
    { text, tools, sources, usage: cost.usage, trace },
    cost,
    lease.thread.writes(),
  );
}

/** Accepts a message, runs its graph once and parks it with so many calls. */
export async function acceptAndPark(
  turns: Turns,
  callCount = 1,
  where: Partial<Accepted> = {},
  trace?: StoredAttempt,
) {
  const [accepted] = await acceptAll(turns, ["Keep this"], where);
  const lease = await claimLease(turns, accepted);
  await runGraph(lease, () => "Let me see.");
  const calls = Array.from({ length: callCount }, (_, index) => callOf(accepted, index));
  const state = await park(lease, calls, { trace });
  return { accepted, lease, calls, state };
}

/** Claims the effect of a call that shows as running. With `thread` its checkpoint is stored too. */
export function claimEffect(
  lease: LeaseWithThread,
  call: GatedCall,
  { receiptId = randomUUID(), withThread = true, text = "Let me see.", sources = noSources } = {},
) {
  const progress = { text, tools: [shownCall(call, "running")], sources };
  const writes = withThread ? lease.thread.writes() : undefined;
  return lease.claimEffect(call, receiptId, progress, writes);
}
