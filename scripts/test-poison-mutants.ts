// Proves that the test of poisoned documents can fail: removes one safeguard at a time, in a copy, and expects a failing test.
import { poisonMutants } from "./mutants/poison-mutants.ts";
import { testMutants } from "./mutants/test-mutants.ts";

await testMutants(poisonMutants, {
  projects: ["journey"],
  files: ["test/journey/poisoned-documents.test.ts"],
});
