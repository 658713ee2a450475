import type { Mutant } from "./mutant.ts";

/** What the fault tests prove: without one of these safeguards, one of them fails. */
export const faultMutants: Mutant[] = [
  {
    safeguard: "the fence predicate",
    sqlFunction: "assert_fence",
    original: "      and conversations.fence = assert_fence.fence\n",
    mutated: "",
  },
  {
    safeguard: "done only after the commit",
    path: "lib/chat/run-turn.ts",
    original: "    const cost = { ...costOf(answer), followUp } as const;\n",
    mutated: `    const cost = { ...costOf(answer), followUp } as const;
    yield endEvent(lease.turn.id, end, 0, requestId);\n`,
  },
  {
    safeguard: "the hash of the body",
    sqlFunction: "accept_turn",
    original: "      when accepted.body_hash <> accept_turn.body_hash then 'key_reused'\n",
    mutated: "",
  },
  {
    safeguard: "the id of a claim that is sent again",
    sqlFunction: "claim_turn",
    original: "is_retry := lease_is_held_by(locked, claim);",
    mutated: "is_retry := false;",
  },
  {
    safeguard: "the condition of a reservation",
    sqlFunction: "reserve_budget",
    original: "where settled + reserved + amount > cap and amount > 0",
    mutated: "where false",
  },
  {
    safeguard: "the settlement of a turn that ends without a runner",
    sqlFunction: "settle_ended_turn",
    original: "  perform settle_turn(old.id);\n",
    mutated: "",
  },
  {
    safeguard: "the receipt of an effect",
    sqlFunction: "claim_effect",
    original: `  insert into receipts (id, call_id, turn_id, conversation_id, owner, tool, arguments_sha256)
    values (receipt, call, turn, claiming.conversation_id, claiming.owner, tool, arguments_sha256);\n`,
    mutated: "",
  },
  {
    safeguard: "the hash of the arguments in a decision",
    sqlFunction: "decide_call",
    original: "asked.arguments_sha256 <> decide_call.arguments_sha256 or ",
    mutated: "",
  },
  {
    safeguard: "the hash of the arguments before an effect",
    sqlFunction: "claim_effect",
    original: "asked.arguments_sha256 <> claim_effect.arguments_sha256\n      or ",
    mutated: "",
  },
  {
    safeguard: "the hash of the tool's definition before an effect",
    sqlFunction: "claim_effect",
    original: "      or asked.definition_sha256 <> claim_effect.definition_sha256\n",
    mutated: "",
  },
  {
    safeguard: "the single use of an approval",
    sqlFunction: "claim_effect",
    original: "      or asked.used_at is not null\n",
    mutated: "",
  },
  {
    safeguard: "the end of an effect that nobody settled",
    sqlFunction: "claim_effect",
    original:
      "      update receipts set state = 'unknown' where id = earlier.id and state = 'claimed';\n",
    mutated: "      delete from receipts where id = earlier.id;\n",
  },
  {
    safeguard: "the event of a decision that is sent again",
    path: "lib/chat/decide-call.ts",
    original: 'if (turn.status === "queued") await',
    mutated: 'if (decided.outcome === "decided" && turn.status === "queued") await',
  },
  {
    safeguard: "the text from before a decision",
    path: "lib/chat/run-turn.ts",
    original: "progress: { ...noProgress, ...lease.turn.base, usage: null },",
    mutated: "progress: noProgress,",
  },
  {
    safeguard: "the repair of the history",
    path: "lib/agent/graph/model-step.ts",
    original: "const history = repairHistory(thread);",
    mutated: "const history = repairHistory([]).concat(thread);",
  },
];
