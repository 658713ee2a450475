import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";

/** The pages of this project's documentation that are documents in an evaluation. */
export const evaluatedLibrary = ["docs/questions.md", "docs/reference/limits.md"];

/** What a case tests. The report counts each kind for itself. */
const kinds = [
  "tool choice",
  "arguments",
  "several parts",
  "sql",
  "citation",
  "document",
  "refusal",
  "approval",
  "memory",
  "language",
] as const;

const Pattern = v.pipe(
  v.string(),
  v.check((text) => isPattern(text), "must be a regular expression"),
);

/** A call that the answer must have made. Each argument that is named must match its expression, as JSON if it is no text. */
const ExpectedCall = v.strictObject({
  tool: v.string(),
  arguments: v.optional(v.record(v.string(), Pattern), {}),
  state: v.optional(v.picklist(["done", "failed", "denied", "waiting"]), "done"),
});

const Expectation = v.strictObject({
  calls: v.optional(v.array(ExpectedCall), []),
  /** Tools that must not be called; `*` stands for any characters at the end. */
  no_calls: v.optional(v.array(v.string()), []),
  /** Expressions that the answer must match, without regard to case. */
  facts: v.optional(v.array(Pattern), []),
  /** Expressions that the answer must not match. */
  never: v.optional(v.array(Pattern), []),
  /** The answer cites: at least this many of its `[n]` are sources of the turn, and none is anything else. */
  citations: v.optional(v.number()),
  /** At least this many quotations were found in their passages, and none was missing. */
  verified: v.optional(v.number()),
  /** The address of a cited source, or a document's title, must match. */
  source: v.optional(Pattern),
  /** A query of the sample database. One of the answer's own queries must return the same rows. */
  sql: v.optional(v.string()),
});
export type Expectation = v.InferOutput<typeof Expectation>;

const EvaluationCase = v.strictObject({
  name: v.pipe(v.string(), v.regex(/^[a-z0-9-]+$/, "must be like sum-in-words")),
  kind: v.picklist(kinds),
  /** What a person writes, one turn each. The last answer is judged. */
  messages: v.pipe(v.array(v.string()), v.minLength(1)),
  /** The person's decision about each call that asks; without it such a call is left waiting. */
  decision: v.optional(v.picklist(["approve", "deny"])),
  expect: Expectation,
});
export type EvaluationCase = v.InferOutput<typeof EvaluationCase>;

/** Returns the recorded cases. @throws Error that names every faulty field of a case */
export function readCases(text = readFileSync(join(import.meta.dirname, "cases.json"), "utf8")) {
  const parsed = v.safeParse(v.array(EvaluationCase), JSON.parse(text));
  if (!parsed.success) {
    const faults = parsed.issues.map((issue) => `${v.getDotPath(issue)} ${issue.message}`);
    throw new Error(`The cases are not valid:\n${faults.join("\n")}`);
  }
  const names = parsed.output.map(({ name }) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length > 0) throw new Error(`Two cases have the name ${twice.join(", ")}.`);
  return parsed.output;
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text, "iu");
    return true;
  } catch {
    return false;
  }
}
