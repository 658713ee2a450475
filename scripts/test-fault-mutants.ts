// Proves that the fault tests can fail: removes one safeguard at a time, in a copy, and expects a failing test.
import { type Mutant, testMutants } from "./test-mutants.ts";

const mutants: Mutant[] = [
  {
    safeguard: "the fence predicate",
    path: "migrations/0001_conversations-and-turns.sql",
    original: "      and conversations.fence = assert_fence.fence\n",
    mutated: "",
  },
  {
    safeguard: "done only after the commit",
    path: "lib/chat/run-turn.ts",
    original: "    const needsSummary = answer.oldest !== undefined;\n",
    mutated: `    const needsSummary = answer.oldest !== undefined;
    yield endEvent(lease.turn.id, end, 0, requestId);\n`,
  },
  {
    safeguard: "the hash of the body",
    path: "migrations/0011_claims.sql",
    original: "      when accepted.body_hash <> accept_turn.body_hash then 'key_reused'\n",
    mutated: "",
  },
  {
    safeguard: "the id of a claim that is sent again",
    path: "migrations/0011_claims.sql",
    original: "is_retry := lease_is_held_by(locked, claim);",
    mutated: "is_retry := false;",
  },
  {
    safeguard: "the condition of a reservation",
    path: "migrations/0009_money.sql",
    original: "where settled + reserved + amount > cap and amount > 0",
    mutated: "where false",
  },
  {
    safeguard: "the settlement of a turn that ends without a runner",
    path: "migrations/0009_money.sql",
    original: "  perform settle_turn(old.id);\n",
    mutated: "",
  },
  {
    safeguard: "the receipt of an effect",
    path: "migrations/0010_acts.sql",
    original: `  insert into receipts (id, call_id, turn_id, conversation_id, owner, tool, arguments_sha256)
    values (receipt, call, turn, claiming.conversation_id, claiming.owner, tool, arguments_sha256);\n`,
    mutated: "",
  },
  {
    safeguard: "the hash of the arguments in a decision",
    path: "migrations/0010_acts.sql",
    original: "asked.arguments_sha256 <> decide_call.arguments_sha256 or ",
    mutated: "",
  },
  {
    safeguard: "the hash of the arguments before an effect",
    path: "migrations/0010_acts.sql",
    original: "asked.arguments_sha256 <> claim_effect.arguments_sha256\n      or ",
    mutated: "",
  },
  {
    safeguard: "the hash of the tool's definition before an effect",
    path: "migrations/0010_acts.sql",
    original: "      or asked.definition_sha256 <> claim_effect.definition_sha256\n",
    mutated: "",
  },
  {
    safeguard: "the single use of an approval",
    path: "migrations/0010_acts.sql",
    original: "      or asked.used_at is not null\n",
    mutated: "",
  },
  {
    safeguard: "the end of an effect that nobody settled",
    path: "migrations/0010_acts.sql",
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

await testMutants(mutants, {
  projects: ["faults", "contract"],
  // The short fault tests, and those of receipts and approvals.
  files: [
    ...["takeover", "messages", "one-request", "money", "effects"].map(
      (name) => `test/faults/${name}.test.ts`,
    ),
    ...["receipts", "waiting-turn"].map((name) => `test/contract/${name}.test.ts`),
  ],
});
