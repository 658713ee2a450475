import * as v from "valibot";
import type { Database } from "#lib/platform/postgres.ts";
import { storableText } from "#lib/platform/storable-text.ts";
import { type FoundTurn, readFoundTurn, selectTurnOfAnyOwner } from "./find-turn.ts";
import { callFunction } from "./function-call.ts";
import { reserveArgumentsOfDearest, type TurnBudget } from "./turn-money.ts";

export interface DecisionInput {
  conversationId: string;
  /** Without an owner the call may belong to anybody: the caller has another proof that the person may decide. */
  owner?: string | undefined;
  turnId: string;
  callId: string;
  /** The hash of the arguments that the person has seen. */
  argumentsSha256: string;
  decision: "approve" | "deny";
  /** What the person tells the model. */
  note?: string | undefined;
}

const Scope = v.picklist(["key/day", "owner/day", "site/day", "site/month"]);

/** A budget cannot cover the turn's continuation. Nothing is stored, and the turn waits on. */
export const BudgetRefusal = v.pipe(
  v.object({ outcome: v.literal("refused"), refused_by: Scope, resets_at: v.string() }),
  v.transform(({ outcome, refused_by, resets_at }) => ({
    ...{ outcome, refusedBy: refused_by, resetsAt: resets_at },
  })),
);
export type BudgetRefusal = v.InferOutput<typeof BudgetRefusal>;

/** What has become of a decision. If it holds, with the turn afterwards and its owner. */
export type Decision = Accepted | Refused;

type Outcome = v.InferOutput<typeof Outcome>;
/** `replayed`: the same decision again; its reply may have been lost. */
type Accepted = { outcome: "decided" | "replayed" } & FoundTurn;
type Refused = Exclude<Outcome, { outcome: Accepted["outcome"] }>;

const Outcome = v.variant("outcome", [
  v.object({ outcome: v.picklist(["decided", "replayed"]) }),
  v.object({
    outcome: v.picklist([
      /** There is no such call. */
      "unknown",
      /** The person has decided otherwise before. */
      "already_decided",
      "expired",
      /** The call has other arguments, or its turn has ended. */
      "changed",
      /** The program that sent the message runs the call. */
      "client_call",
    ]),
  }),
  BudgetRefusal,
]);

/**
 * Stores a person's decision about one call of a waiting turn, in one database request. The decision after which no call of
 * the turn is undecided queues the turn again. The SQL function `decide_call` says how races end.
 */
export async function decideCall(
  database: Database,
  input: DecisionInput,
  budget: TurnBudget,
): Promise<Decision> {
  const { text, params } = callFunction("decide_call", {
    conversation: input.conversationId,
    owner: input.owner,
    turn: input.turnId,
    call: input.callId,
    arguments_sha256: input.argumentsSha256,
    decision: stateAfter[input.decision],
    note: input.note && storableText(input.note),
    ...reserveArgumentsOfDearest(budget),
  });
  const [decided, found] = await database.transaction([
    { text: `select ${text} as decision`, params },
    selectTurnOfAnyOwner(input),
  ]);
  const result = v.parse(Outcome, decided?.[0]?.decision);
  return isAccepted(result) ? { ...result, ...readFoundTurn(found?.[0]) } : result;
}

const isAccepted = (result: Outcome): result is Pick<Accepted, "outcome"> =>
  result.outcome === "decided" || result.outcome === "replayed";

const stateAfter = { approve: "approved", deny: "denied" } as const;
