/** Returns whether a name has a pattern, in which `*` stands for any characters. A regular expression of many `*` could take for ever. */
export function matchesPattern(pattern: string, name: string): boolean {
  const [first = "", ...others] = pattern.split("*");
  const last = others.pop();
  if (last === undefined) return pattern === name;
  if (!name.startsWith(first)) return false;
  let end = first.length;
  for (const part of others) {
    const start = name.indexOf(part, end);
    if (start === -1) return false;
    end = start + part.length;
  }
  return name.length - last.length >= end && name.endsWith(last);
}
