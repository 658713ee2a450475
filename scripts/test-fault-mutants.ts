// Proves that the fault tests can fail: removes one safeguard at a time, in a copy, and expects a failing test.
import { faultMutants } from "./mutants/fault-mutants.ts";
import { testMutants } from "./mutants/test-mutants.ts";

await testMutants(faultMutants, {
  projects: ["faults", "contract"],
  // The short fault tests, and those of receipts and approvals.
  files: [
    ...["takeover", "messages", "one-request", "money", "effects"].map(
      (name) => `test/faults/${name}.test.ts`,
    ),
    ...["receipts", "waiting-turn"].map((name) => `test/contract/${name}.test.ts`),
  ],
});
