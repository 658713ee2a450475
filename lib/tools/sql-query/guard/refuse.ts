import { ToolRefusal } from "#lib/tools/tool.ts";

/** Refuses a query with a sentence that says what is wrong and what to write instead. */
export function refuse(reason: string): never {
  throw new ToolRefusal(reason);
}

/** Lists names for a sentence: the first 40, because a model needs no longer list and the output is bounded. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 40).join(", ");
  return names.length > 40 ? `${shown} and ${names.length - 40} more` : shown;
}

/** A name of the query inside a sentence. PostgreSQL cuts names after 63 bytes. */
export const quoted = (name: string): string => `"${name.slice(0, 80)}"`;
