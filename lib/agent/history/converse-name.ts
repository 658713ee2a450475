/** Converse accepts `[a-zA-Z0-9_-]{1,64}` as the name of a tool and as the id of a tool call. */
const maxLength = 64;
const refusedCharacter = /[^a-zA-Z0-9_-]/g;

/** Returns the name with the characters that Converse refuses replaced by underscores. */
export function toConverseName(name: string): string {
  return name.replaceAll(refusedCharacter, "_").slice(0, maxLength) || "unknown";
}

/** Returns an id that Converse accepts and that is not in `used`, and adds the id to `used`. */
export function uniqueConverseId(wanted: string, used: Set<string>): string {
  const base = toConverseName(wanted);
  let id = base;
  for (let count = 2; used.has(id); count += 1) {
    const suffix = `_${count}`;
    id = base.slice(0, maxLength - suffix.length) + suffix;
  }
  used.add(id);
  return id;
}
