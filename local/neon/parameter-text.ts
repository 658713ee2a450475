/** Returns a JSON value as the text of a parameter, by the rules of Neon's proxy. Null stays null. */
export function toParameterText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return toArrayText(value);
  return JSON.stringify(value);
}

/** PostgreSQL's array literal. JSON escapes strings in the same way. */
function toArrayText(elements: unknown[]): string {
  return `{${elements.map(toElementText).join(",")}}`;
}

function toElementText(element: unknown): string {
  if (element === null) return "NULL";
  if (Array.isArray(element)) return toArrayText(element);
  const isObject = typeof element === "object";
  return JSON.stringify(isObject ? JSON.stringify(element) : element);
}
