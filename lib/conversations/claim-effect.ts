import * as v from "valibot";
import type { ToolCall } from "#lib/contract/chat.ts";
import type { Source } from "#lib/contract/source.ts";
import type { Row, Statement } from "#lib/platform/postgres.ts";
import { storableText } from "#lib/platform/storable-text.ts";
import { callFunction } from "./function-call.ts";
import type { GatedCall } from "./park-turn.ts";
import { storableSources } from "./storable-sources.ts";
import { storableTools } from "./storable-tools.ts";

/** Whether a call may have its effect now. */
export type EffectClaim = v.InferOutput<typeof EffectClaim>;

const EffectClaim = v.variant("outcome", [
  /** The caller runs the call, and settles the receipt. */
  v.object({ outcome: v.literal("claimed") }),
  /** The call has run before, with this result. */
  v.object({ outcome: v.literal("settled"), failed: v.boolean(), output: v.string() }),
  /** A runner has begun the call and vanished. It is never run again. */
  v.object({ outcome: v.literal("unknown") }),
  v.object({
    outcome: v.literal("denied"),
    /** What the person tells the model. */
    note: v.pipe(
      v.nullish(v.string()),
      v.transform((note) => note ?? undefined),
    ),
  }),
  v.object({ outcome: v.literal("expired") }),
  /** A person must decide first, because the call has changed or the same effect may have happened before. */
  v.object({ outcome: v.literal("ask") }),
]);

/** Returns the statement that claims a call's effect under an asserted fence. */
export function claimEffect(turnId: string, call: GatedCall, receiptId: string): Statement {
  const { text, params } = callFunction("claim_effect", {
    receipt: receiptId,
    turn: turnId,
    call: call.id,
    tool: storableText(call.name),
    arguments_sha256: call.argumentsSha256,
    definition_sha256: call.definitionSha256,
    verdict: call.verdict,
  });
  return { text: `select ${text} as claim`, params };
}

export const readEffectClaim = (row: Row | undefined): EffectClaim =>
  v.parse(EffectClaim, row?.claim);

/** Notes that the thread's statements in the same transaction end with the running turn. */
export function beginAtCheckpoint(
  turnId: string,
  shown: { text: string; tools: ToolCall[]; sources: Source[] },
): Statement {
  return {
    text: "select begin_at_checkpoint($1, $2, $3, $4)",
    params: [
      ...[turnId, storableText(shown.text)],
      ...[storableTools(shown.tools), storableSources(shown.sources)],
    ],
  };
}

/** What a call has done. What happened, happened: the statement needs no fence, and a repetition changes nothing. */
export function settleEffect(
  receiptId: string,
  { failed, output }: { failed: boolean; output: string },
): Statement {
  return {
    text: `
      update receipts set state = 'settled', failed = $2, output = $3, settled_at = now()
      where id = $1 and state <> 'settled'`,
    params: [receiptId, failed, storableText(output)],
  };
}
