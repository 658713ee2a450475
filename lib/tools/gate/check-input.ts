import * as v from "valibot";
import type { Tool } from "#lib/tools/tool.ts";
import { areUnreadable } from "#lib/tools/tool-arguments.ts";
import { canonicalJson } from "./digest.ts";

type CheckedInput =
  | { isValid: true; value: unknown; canonical: string }
  /** For the model, as the end of a sentence. */
  | { isValid: false; reason: string };

/** An approval shows the arguments to a person, so they must fit on a page. */
const maxArgumentBytes = 64 * 1024;
const maxIssues = 3;
const maxIssueLength = 200;

/**
 * Valibot drops these keys, so the tool would get other arguments than a person has approved. In JSON a quotation mark
 * inside a text has a backslash before it.
 */
const droppedKey = /(?<!\\)"(?:__proto__|prototype|constructor)":/;

/** Checks the arguments of a call against the tool's schema. */
export function checkInput({ input: schema }: Tool, input: unknown): CheckedInput {
  if (areUnreadable(input)) return invalid("the arguments are not a JSON object");
  const canonical = canonicalOrUndefined(input);
  if (canonical === undefined) {
    return invalid("the arguments hold a number or a character that JSON cannot carry");
  }
  if (Buffer.byteLength(canonical) > maxArgumentBytes) {
    return invalid(`the arguments are longer than ${maxArgumentBytes / 1024} KB`);
  }
  if (droppedKey.test(canonical)) {
    return invalid('the arguments hold a key "__proto__", "prototype" or "constructor"');
  }
  const parsed = v.safeParse(schema, input);
  return parsed.success
    ? { isValid: true, value: parsed.output, canonical }
    : invalid(`the arguments are not valid: ${describeIssues(parsed.issues)}`);
}

const invalid = (reason: string): CheckedInput => ({ isValid: false, reason });

function canonicalOrUndefined(input: unknown): string | undefined {
  try {
    return canonicalJson(input);
  } catch {
    return undefined;
  }
}

/** An issue quotes the faulty value, which may be long. Two rules may say the same. */
function describeIssues(issues: readonly v.BaseIssue<unknown>[]): string {
  const described = issues.map((issue) => {
    const text = `${v.getDotPath(issue) ?? "input"}: ${issue.message}`;
    return text.length > maxIssueLength ? `${text.slice(0, maxIssueLength)}…` : text;
  });
  const different = [...new Set(described)];
  const others = different.length - maxIssues;
  return [...different.slice(0, maxIssues), ...(others > 0 ? [`${others} more`] : [])].join("; ");
}
