import * as v from "valibot";
import type { TurnState } from "#lib/contract/chat.ts";
import type { Database } from "#lib/platform/postgres.ts";
import { BudgetRefusal } from "./decide-call.ts";
import { callFunction } from "./function-call.ts";
import { reserveArgumentsOfDearest, type TurnBudget } from "./turn-money.ts";
import { selectTurn } from "./turn-sql.ts";
import { readTurnState } from "./turn-state.ts";

/** What the tools of a program returned. Each call stands in the list once. */
export interface ClientOutputs {
  owner: string;
  conversationId: string;
  turnId: string;
  outputs: readonly ClientOutput[];
}

export interface ClientOutput {
  callId: string;
  /** As PostgreSQL and the model take it. */
  output: string;
  failed: boolean;
}

/** What has become of the outputs. All of them are stored or none is. */
export type SettledClientCalls =
  | (Settled & { turn: TurnState })
  | Exclude<v.InferOutput<typeof Outcome>, Settled>;

const Settled = v.object({
  /** `replayed`: the same outputs again; their reply may have been lost. */
  outcome: v.picklist(["decided", "replayed"]),
  /** The calls that wait for the program still. */
  missing: v.array(v.string()),
});
type Settled = v.InferOutput<typeof Settled>;

const Outcome = v.variant("outcome", [
  Settled,
  v.object({
    outcome: v.picklist([
      /** There is no such call, or no program runs it. */
      "unknown",
      /** The call has another output already. */
      "already_decided",
      "expired",
      /** The turn has ended. */
      "changed",
    ]),
    /** The first call that is refused. Missing if the conversation is unknown. */
    call_id: v.optional(v.string()),
  }),
  BudgetRefusal,
]);

/**
 * Stores what a program's own tools returned, in one database request. The output after which no call of the turn is undecided
 * queues the turn again. The SQL function `settle_client_calls` says how races end.
 */
export async function settleClientCalls(
  database: Database,
  { owner, conversationId, turnId, outputs }: ClientOutputs,
  budget: TurnBudget,
): Promise<SettledClientCalls> {
  const { text, params } = callFunction("settle_client_calls", {
    conversation: conversationId,
    owner,
    turn: turnId,
    outputs: JSON.stringify(
      outputs.map(({ callId, output, failed }) => ({ call_id: callId, output, failed })),
    ),
    ...reserveArgumentsOfDearest(budget),
  });
  const [settled, turns] = await database.transaction([
    { text: `select ${text} as outcome`, params },
    selectTurn({ owner, conversationId, turnId }),
  ]);
  const result = v.parse(Outcome, settled?.[0]?.outcome);
  return "missing" in result ? { ...result, turn: readTurnState(turns?.[0]) } : result;
}
