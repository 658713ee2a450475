import { join } from "node:path";
import { expect, test } from "vitest";
import { faultMutants } from "./fault-mutants.ts";
import { removeSafeguard } from "./mutant.ts";
import { poisonMutants } from "./poison-mutants.ts";

const root = join(import.meta.dirname, "../..");

// The mutants take long to run, so they run rarely. A function that a later migration defines again would make one of them prove nothing.
test.each([...faultMutants, ...poisonMutants])(
  "$safeguard is where its mutant removes it",
  (mutant) => {
    const { source, mutatedSource } = removeSafeguard(root, mutant);
    expect(mutatedSource).not.toBe(source);
  },
);

test("a mutant of an SQL function changes its newest definition alone", () => {
  const mutant = { safeguard: "x", original: "as $$", mutated: "as $$ -- x" };
  const { path, source, mutatedSource } = removeSafeguard(root, {
    ...mutant,
    sqlFunction: "accept_turn",
  });
  expect(path > "migrations/0018").toBe(true);
  expect(mutatedSource.length).toBe(source.length + 5);
  expect(mutatedSource.indexOf("-- x")).toBeLessThan(source.indexOf("-- Down Migration"));
  expect(() => removeSafeguard(root, { ...mutant, sqlFunction: "no_such_function" })).toThrow(
    "No migration defines no_such_function.",
  );
});
