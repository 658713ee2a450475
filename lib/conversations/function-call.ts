import type { Statement } from "#lib/platform/postgres.ts";

/**
 * Returns the SQL that calls one of our functions in PostgreSQL with named arguments: `f(owner => $1, turn => $2)`.
 * @param earlier the parameters of the statement that come before those of the call
 */
export function callFunction(
  name: string,
  args: Record<string, unknown>,
  earlier: readonly unknown[] = [],
): Statement {
  const names = Object.keys(args);
  const list = names.map((key, index) => `${key} => $${earlier.length + index + 1}`);
  return { text: `${name}(${list.join(", ")})`, params: [...earlier, ...Object.values(args)] };
}
