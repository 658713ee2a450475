import { isJsonObject, type JsonObject } from "#lib/platform/json.ts";
/** What a question holds, for the properties of a tool's schema. */
export interface Hints {
  subject: string;
  numbers: number[];
  /** The whole question. */
  words: string;
}

/**
 * Returns arguments for a tool's JSON schema: numbers of the question in their order, a value of an `enum` that the question
 * names, and for other required texts the subject. Optional properties without such a value stay out.
 */
export function fillFromSchema(schema: JsonObject, hints: Hints): JsonObject {
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required : [];
  const numbers = [...hints.numbers];
  const input: JsonObject = {};
  for (const [name, property] of Object.entries(properties)) {
    if (!isJsonObject(property)) continue;
    const found = valueFor(property, hints, numbers) ?? namedValue(name, property, hints);
    const value = found ?? (required.includes(name) ? defaultFor(property, hints) : undefined);
    if (value !== undefined) input[name] = value;
  }
  return input;
}

function valueFor(property: JsonObject, { words }: Hints, numbers: number[]): unknown {
  if (property.type === "number") return numbers.shift();
  if (property.type === "integer") {
    const index = numbers.findIndex(Number.isInteger);
    return index < 0 ? undefined : numbers.splice(index, 1)[0];
  }
  if (!Array.isArray(property.enum)) return undefined;
  return property.enum.find((choice) => words.toLowerCase().includes(String(choice).toLowerCase()));
}

/** "Water the plant Fern" names the value of the property `plant`. */
function namedValue(name: string, property: JsonObject, { words }: Hints): string | undefined {
  if (property.type !== "string" || property.enum !== undefined) return undefined;
  const [, quoted, word] =
    new RegExp(
      `\\b${name.replaceAll("_", " ")}\\s*:?\\s+(?:["“]([^"”]+)["”]|([\\p{L}\\d-]+))`,
      "iu",
    ).exec(words) ?? [];
  return quoted ?? word;
}

function defaultFor(property: JsonObject, { subject }: Hints): unknown {
  if (property.default !== undefined) return property.default;
  if (Array.isArray(property.enum)) return property.enum[0];
  switch (property.type) {
    case "number":
    case "integer":
      return property.minimum ?? 1;
    case "boolean":
      return false;
    case "array":
      return [];
    case "object":
      return {};
    default:
      return subject;
  }
}
