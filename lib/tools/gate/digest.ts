import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import { inputJsonSchemaOf } from "#lib/tools/input-json-schema.ts";
import type { Tool } from "#lib/tools/tool.ts";

/**
 * Returns the JSON of RFC 8785, which is the same text for the same value.
 * @throws Error if JSON cannot carry the value: half of a surrogate pair, a number beyond a double
 */
export function canonicalJson(value: unknown): string {
  return canonicalize(value) ?? "null";
}

/** Returns the hexadecimal SHA-256 of a text in UTF-8. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** A decision holds for the tool as the person saw it. Another description, schema or effect makes another tool. */
export function definitionSha256(tool: Tool): string {
  const known = digests.get(tool);
  if (known !== undefined) return known;
  const { name, description, effect } = tool;
  const input = inputJsonSchemaOf(tool);
  const digest = sha256(canonicalJson({ name, description, input, effect }));
  digests.set(tool, digest);
  return digest;
}

const digests = new WeakMap<Tool, string>();
