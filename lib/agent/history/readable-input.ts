/** LangChain refuses to read more than 50 levels back, of which a message itself has a few. */
const maxDepth = 32;

/**
 * The arguments of a tool call as a thread can hold them. A thread with an object that looks like LangChain's own
 * notation (`lc`) or is nested too deep can be written but never read again, and its conversation never goes on.
 * Such arguments are dropped, no tool has a use for them: the model hears that they are missing.
 */
export function readableInput<Input extends object>(input: Input): Input | Record<string, never> {
  return isReadable(input, 0) ? input : {};
}

function isReadable(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (depth === maxDepth || Object.hasOwn(value, "lc")) return false;
  return Object.values(value).every((inner) => isReadable(inner, depth + 1));
}
