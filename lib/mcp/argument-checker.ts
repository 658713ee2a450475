import { CfWorkerJsonSchemaValidator } from "@modelcontextprotocol/client/validators/cf-worker";
import { isJsonObject, type JsonObject } from "#lib/platform/json.ts";
import { resolveReference } from "./json-schema.ts";

/** How many steps a check may take. Schemas whose references double with each level could take for ever. */
const maxSteps = 200_000;

/**
 * A server's expression could run for ever, and in our process. The server checks these itself. Without the patterns of
 * its properties, a schema does not know which others are too many.
 */
const uncheckedKeywords = [
  ...["pattern", "format", "uniqueItems", "patternProperties", "$id", "id"],
  // The library's own notes of where a reference leads.
  ...["__absolute_uri__", "__absolute_ref__", "__absolute_recursive_ref__"],
];
const keywordsOfPatterns = ["additionalProperties", "unevaluatedProperties"];

/**
 * Returns a function that says what is wrong with arguments by a server's own schema, or undefined. What this system
 * cannot check, it leaves to the server.
 */
export function createArgumentChecker(schema: JsonObject): (input: unknown) => string | undefined {
  let checked: unknown;
  let validate: ReturnType<CfWorkerJsonSchemaValidator["getValidator"]>;
  try {
    checked = withoutUnchecked(schema);
    validate = new CfWorkerJsonSchemaValidator().getValidator(checked as JsonObject);
  } catch {
    // A dialect that nobody here knows, or a schema that is nested deeper than the stack.
    return () => undefined;
  }
  return (input) => {
    const { depth, values } = measure(input);
    if (countSteps(checked, depth, maxSteps / values) === undefined) return undefined;
    try {
      const result = validate(input);
      return result.valid ? undefined : result.errorMessage;
    } catch {
      // A reference that leads nowhere.
      return undefined;
    }
  };
}

/** Keywords only: a property may have the name of one. */
function withoutUnchecked(schema: unknown, isMap = false): unknown {
  if (Array.isArray(schema)) return schema.map((part) => withoutUnchecked(part));
  if (!isJsonObject(schema)) return schema;
  const unchecked = isMap
    ? []
    : [...uncheckedKeywords, ...("patternProperties" in schema ? keywordsOfPatterns : [])];
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => !unchecked.includes(key))
      .map(([key, value]) => {
        if (!isMap && ["enum", "const", "default", "examples"].includes(key)) return [key, value];
        const isMapOfSchemas = !isMap && mapsOfSchemas.includes(key);
        return [key, withoutUnchecked(value, isMapOfSchemas)];
      }),
  );
}

const mapsOfSchemas = ["properties", "$defs", "definitions", "dependentSchemas", "dependencies"];

/** These apply to the same value; all others to a part of it. */
const inPlace = [
  ...["allOf", "anyOf", "oneOf", "not", "if", "then", "else"],
  ...["dependentSchemas", "dependencies"],
];
const ofParts = ["properties", "items", "prefixItems", "additionalItems", "contains"];
const ofOtherParts = [
  ...["additionalProperties", "propertyNames"],
  ...["unevaluatedProperties", "unevaluatedItems"],
];

/**
 * Returns how many nodes of a schema can apply to a value of that depth. Returns undefined if there are more than `most`, or
 * if a reference leads where nobody here can follow it.
 */
function countSteps(root: unknown, depth: number, most: number): number | undefined {
  let steps = 0;
  function visit(node: unknown, left: number): boolean {
    steps += 1;
    if (steps > most) return false;
    if (Array.isArray(node)) return node.every((part) => visit(part, left));
    if (!isJsonObject(node)) return true;
    if ("$recursiveRef" in node) return false;
    const children = (keywords: string[]) =>
      keywords.flatMap((keyword) => {
        const child = node[keyword];
        return mapsOfSchemas.includes(keyword) && isJsonObject(child)
          ? Object.values(child)
          : [child];
      });
    const target = "$ref" in node ? [resolveReference(root, node.$ref)] : [];
    if (target.includes(undefined)) return false;
    const sameValue = [...target, ...children(inPlace)].filter((child) => child !== undefined);
    const parts = left > 0 ? children([...ofParts, ...ofOtherParts]) : [];
    return (
      sameValue.every((child) => visit(child, left)) &&
      parts.filter((child) => child !== undefined).every((child) => visit(child, left - 1))
    );
  }
  try {
    return visit(root, depth) ? steps : undefined;
  } catch (error) {
    // A reference to itself, deeper than the stack.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function measure(value: unknown): { depth: number; values: number } {
  if (typeof value !== "object" || value === null) return { depth: 0, values: 1 };
  const parts = Object.values(value).map(measure);
  return {
    depth: 1 + Math.max(0, ...parts.map(({ depth }) => depth)),
    values: parts.reduce((sum, { values }) => sum + values, 1),
  };
}
