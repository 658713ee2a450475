/** The only key of arguments that could not be read; its value is the text that the model wrote. */
const unreadableKey = "unreadable_arguments";

/** Some models write the object as a JSON text inside a JSON text, seldom deeper. */
const maxUnwraps = 3;

/**
 * The arguments of a tool call as an object, which is the only thing Converse takes back. No text at all means no
 * arguments; a JSON text that holds an object is unwrapped; anything else is kept as unreadable.
 */
export function toArgumentsObject(text: string): Record<string, unknown> {
  if (text.trim() === "") return {};
  let value = parsed(text);
  for (let unwraps = 0; typeof value === "string" && unwraps < maxUnwraps; unwraps += 1) {
    value = parsed(value);
  }
  return isObject(value) ? value : { [unreadableKey]: text };
}

/** Whether the model wrote arguments that are no JSON object, so that the call cannot be run. */
export function areUnreadable(input: unknown): boolean {
  return isObject(input) && Object.keys(input).length === 1 && Object.hasOwn(input, unreadableKey);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
