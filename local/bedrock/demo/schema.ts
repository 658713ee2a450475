/** Values found in a question, for the properties of a tool's schema. */
export interface Hints {
  expression?: string | undefined;
  timeZone?: string | undefined;
  place?: string | undefined;
  subject?: string | undefined;
}

/** Returns arguments for a tool's JSON schema: hints by property name, defaults for other required properties. */
export function fillFromSchema(
  schema: Record<string, unknown>,
  hints: Hints,
): Record<string, unknown> {
  const properties = isRecord(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required : [];
  const input: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(properties)) {
    const value =
      hintFor(name, hints) ?? (required.includes(name) ? defaultFor(property, hints) : undefined);
    if (value !== undefined) input[name] = value;
  }
  return input;
}

function hintFor(name: string, hints: Hints): string | undefined {
  if (/expression|formula/i.test(name)) return hints.expression;
  if (/zone|^tz$/i.test(name)) return hints.timeZone;
  if (/city|place|location/i.test(name)) return hints.place;
  if (/symbol|ticker/i.test(name)) return hints.subject?.match(/\b\p{Lu}{1,5}\b/u)?.[0];
  if (/query|question|search|topic|text/i.test(name)) return hints.subject;
  return undefined;
}

function defaultFor(property: unknown, hints: Hints): unknown {
  if (!isRecord(property)) return undefined;
  const subject = hints.subject ?? hints.expression ?? hints.place ?? "";
  if (property.default !== undefined) return property.default;
  if (Array.isArray(property.enum)) {
    return property.enum.find((choice) => subject.includes(String(choice))) ?? property.enum[0];
  }
  switch (property.type) {
    case "number":
    case "integer":
      return Number(subject.match(/-?\d+/)?.[0] ?? property.minimum ?? 1);
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

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
