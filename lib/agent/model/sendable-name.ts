/** What Converse takes for the name of a tool and the id of a call: `[a-zA-Z0-9_-]{1,64}`. */
const maxLength = 64;
const foreignSign = /[^a-zA-Z0-9_-]/g;

/** A name as Converse takes it, as readable as it can be. */
export function sendableName(name: string): string {
  return name.replaceAll(foreignSign, "_").slice(0, maxLength) || "unknown";
}

/** An id that Converse takes and that is not among the used ones; it is added to them. */
export function freshId(wanted: string, used: Set<string>): string {
  const base = sendableName(wanted);
  let id = base;
  for (let count = 2; used.has(id); count += 1) {
    const suffix = `_${count}`;
    id = base.slice(0, maxLength - suffix.length) + suffix;
  }
  used.add(id);
  return id;
}
