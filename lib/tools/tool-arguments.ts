import { isJsonObject, parseJson } from "#lib/platform/json.ts";

/** The only key of arguments that are not a JSON object. The value is the text that the model wrote. */
const unreadableKey = "unreadable_arguments";

/** Some models write the object as a JSON string inside a JSON string, rarely deeper. */
const maxUnwraps = 3;

/**
 * Returns the arguments of a tool call as an object, because Converse accepts nothing else in the history. An empty
 * text means no arguments. A JSON string that holds an object is unwrapped. Any other text is kept as unreadable.
 */
export function toArgumentsObject(text: string): Record<string, unknown> {
  if (text.trim() === "") return {};
  let value = parseJson(text);
  for (let unwraps = 0; typeof value === "string" && unwraps < maxUnwraps; unwraps += 1) {
    value = parseJson(value);
  }
  return isJsonObject(value) ? value : { [unreadableKey]: text };
}

/** Returns whether the model's arguments were not a JSON object. Such a call must not run. */
export function areUnreadable(input: unknown): boolean {
  return (
    isJsonObject(input) && Object.keys(input).length === 1 && Object.hasOwn(input, unreadableKey)
  );
}
