import { isJsonObject, type JsonObject } from "#lib/platform/json.ts";
import { storableText } from "#lib/platform/storable-text.ts";
import { resolveReference } from "./json-schema.ts";

/** Each attempt keeps less, until the schema is small enough. */
const attempts = [
  { maxDepth: 8, maxTextLength: 300 },
  { maxDepth: 5, maxTextLength: 100 },
  { maxDepth: 2, maxTextLength: 0 },
];
type Limits = (typeof attempts)[number];
const maxSchemaBytes = 8 * 1024;
/** Of all nodes that one attempt visits: references can unfold a small schema without an end. */
const maxNodes = 2_000;
const maxReferences = 20;
const maxChoices = 50;

/**
 * Returns a server's schema in the subset that every model on Bedrock takes: at the top only `type`, `properties` and
 * `required`; everywhere no reference, no union and no keyword beside `description`, `enum` and `items`. What is lost
 * becomes words of a description. Arguments are checked against the server's own schema (argument-checker.ts).
 * @returns undefined if a model cannot write the name of a required argument
 */
export function modelSchema(original: JsonObject): JsonObject | undefined {
  if (!requiredOf(unfold(original, original)).every(isUsableName)) return undefined;
  const empty = { type: "object", properties: {} };
  for (const limits of attempts) {
    const { properties = {}, required } = createSimplifier(original, limits)(original);
    const schema = { ...empty, properties, ...(required !== undefined && { required }) };
    if (Buffer.byteLength(JSON.stringify(schema)) <= maxSchemaBytes) return schema;
  }
  return empty;
}

/** Anthropic's models refuse other names of properties, and the gate refuses arguments with these keys. */
const isUsableName = (name: string): boolean =>
  /^[\w.-]{1,64}$/.test(name) && !["__proto__", "prototype", "constructor"].includes(name);

function createSimplifier(root: JsonObject, { maxDepth, maxTextLength }: Limits) {
  let nodes = 0;

  return function simplify(node: unknown, depth = 0): JsonObject {
    nodes += 1;
    if (depth > maxDepth || nodes > maxNodes) return {};
    const { schema, forms } = withoutUnion(root, unfold(root, node));
    const type = typeOf(schema);
    const choices = choicesOf(schema);
    const description = cut(
      [textOf(schema.description), ...forms, ...notesOf(schema)].filter(Boolean).join("; "),
      maxTextLength,
    );
    return {
      ...(type !== undefined && { type }),
      ...(description && { description }),
      ...(choices.length > 0 && { enum: choices }),
      ...(type === "object" && childrenOf(schema, (child) => simplify(child, depth + 1))),
      ...(type === "array" && { items: simplify(itemOf(root, schema), depth + 1) }),
    };
  };
}

function childrenOf(schema: JsonObject, simplify: (child: unknown) => JsonObject): JsonObject {
  const entries = Object.entries(asObject(schema.properties)).filter(([name]) =>
    isUsableName(name),
  );
  if (entries.length === 0) return {};
  const names = new Set(entries.map(([name]) => name));
  const required = requiredOf(schema).filter((name) => names.has(name));
  return {
    properties: Object.fromEntries(entries.map(([name, child]) => [name, simplify(child)])),
    ...(required.length > 0 && { required }),
  };
}

/** Returns a node with the target of its reference and the parts of its `allOf` merged into it. */
function unfold(root: JsonObject, node: unknown, seen: readonly unknown[] = []): JsonObject {
  if (!isJsonObject(node) || seen.includes(node) || seen.length > maxReferences) return {};
  const { $ref, allOf, ...own } = node;
  const parts = [
    ...($ref === undefined ? [] : [resolveReference(root, $ref)]),
    ...(Array.isArray(allOf) ? allOf : []),
  ];
  return parts.map((part) => unfold(root, part, [...seen, node])).reduce(merge, own);
}

/** The first part decides, except that an object has the properties of both. */
function merge(first: JsonObject, second: JsonObject): JsonObject {
  return {
    ...second,
    ...first,
    properties: { ...asObject(second.properties), ...asObject(first.properties) },
    required: [...new Set([...requiredOf(first), ...requiredOf(second)])],
  };
}

/** Returns one schema in the place of `anyOf` or `oneOf`, and words about the forms that it stands for. */
function withoutUnion(
  root: JsonObject,
  node: JsonObject,
): { schema: JsonObject; forms: readonly string[] } {
  const { anyOf, oneOf, ...own } = node;
  const union = [anyOf, oneOf].find((variants) => Array.isArray(variants));
  if (!Array.isArray(union)) return { schema: own, forms: [] };
  const variants = union
    .map((variant) => unfold(root, variant))
    .filter((variant) => typeOf(variant) !== "null" && variant.const !== null);
  const [only] = variants;
  if (only && variants.length === 1) return { schema: merge(own, only), forms: [] };

  const choices = variants.map(choicesOf);
  if (choices.length > 0 && choices.every((some) => some.length > 0)) {
    return { schema: { ...own, enum: choices.flat() }, forms: [] };
  }
  const types = [...new Set(variants.map(typeOf))];
  const forms = variants.map((variant) =>
    [typeOf(variant) ?? "any value", textOf(variant.description)].filter(Boolean).join(": "),
  );
  const shown = forms.length > 0 ? [`one of: ${[...new Set(forms)].join(" | ")}`] : [];
  if (types.length > 1 || types[0] !== "object") {
    return { schema: { ...own, type: types.length === 1 ? types[0] : undefined }, forms: shown };
  }
  // An object of any form. Only what every form requires is required.
  const required = variants
    .map(requiredOf)
    .reduce((all, names) => all.filter((name) => names.includes(name)));
  const merged = merge(own, variants.reduce(merge, {}));
  return {
    schema: { ...merged, required: [...new Set([...requiredOf(own), ...required])] },
    forms: shown,
  };
}

/** A list of types that is only one type or null is that type. */
function typeOf({ type, properties, items, prefixItems, ...rest }: JsonObject): string | undefined {
  if (typeof type === "string") return type;
  if (Array.isArray(type)) {
    const types = type.filter((one) => one !== "null");
    return types.length === 1 ? textOf(types[0]) : undefined;
  }
  if (Object.keys(asObject(properties)).length > 0) return "object";
  if (items !== undefined || prefixItems !== undefined) return "array";
  const kinds = [...new Set(choicesOf(rest).map((choice) => typeof choice))];
  return kinds.length === 1 ? kinds[0] : undefined;
}

/** A tuple has a schema for each place. Models get one for all, if the places are of one kind. */
function itemOf(root: JsonObject, { items, prefixItems }: JsonObject): unknown {
  const places = [prefixItems, items].find(Array.isArray);
  if (!places) return items;
  const types = new Set(places.map((place: unknown) => typeOf(unfold(root, place))));
  return types.size === 1 ? { type: [...types][0] } : {};
}

/** Null is left out: a model leaves out the argument. */
function choicesOf({ enum: choices, const: only }: JsonObject): (string | number | boolean)[] {
  const values = Array.isArray(choices) ? choices : [only];
  return values
    .filter((value) => ["string", "number", "boolean"].includes(typeof value))
    .slice(0, maxChoices)
    .map((value) => (typeof value === "string" ? storableText(value) : value));
}

const bounds = {
  format: "format",
  pattern: "pattern",
  minimum: "at least",
  exclusiveMinimum: "more than",
  maximum: "at most",
  exclusiveMaximum: "less than",
  minLength: "characters at least",
  maxLength: "characters at most",
  minItems: "items at least",
  maxItems: "items at most",
  default: "default",
};

function notesOf(schema: JsonObject): string[] {
  const notes = Object.entries(bounds).flatMap(([keyword, words]) => {
    const value = schema[keyword];
    return ["string", "number", "boolean"].includes(typeof value) ? [`${words} ${value}`] : [];
  });
  const places = [schema.prefixItems, schema.items].find(Array.isArray);
  const types = Array.isArray(schema.type) ? schema.type.filter((one) => one !== "null") : [];
  return [
    ...notes,
    ...(places ? [`exactly: ${places.map((one) => typeOf(asObject(one)) ?? "any")}`] : []),
    ...(types.length > 1 ? [`one of: ${types.join(" | ")}`] : []),
  ];
}

const asObject = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});

const textOf = (value: unknown): string => (typeof value === "string" ? value.trim() : "");

const requiredOf = ({ required }: JsonObject): string[] =>
  Array.isArray(required) ? required.filter((name) => typeof name === "string") : [];

/** Half of a surrogate pair has no place in canonical JSON, so no digest of the tool could be made. */
const cut = (text: string, length: number): string =>
  storableText(
    text.length > length && length > 0 ? `${text.slice(0, length)}…` : text.slice(0, length),
  );
