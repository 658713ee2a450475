export type JsonObject = Record<string, unknown>;

/** Returns whether a value is what JSON calls an object: no list, and not null. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Returns undefined for a text that is no JSON. Drops the parser's error, because it quotes the text. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
