/** LangChain refuses to read more than 50 levels of nesting, and a message itself has a few. */
const maxDepth = 32;

/**
 * Returns the arguments of a tool call, or {} if LangChain could not read the thread back with them. LangChain can write,
 * but not read, an object that looks like its own notation (`lc`) or is nested too deeply. One such call would end the
 * conversation. With {} the tool fails, and its error names the missing argument to the model.
 */
export function toStorableArguments<Arguments extends object>(
  args: Arguments,
): Arguments | Record<string, never> {
  return isStorable(args, 0) ? args : {};
}

function isStorable(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (depth === maxDepth || Object.hasOwn(value, "lc")) return false;
  return Object.values(value).every((inner) => isStorable(inner, depth + 1));
}
