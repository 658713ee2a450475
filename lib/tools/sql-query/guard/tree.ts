/** A node of libpg-query's tree, or a part of one. */
export type Tree = Record<string, unknown>;

export const isTree = (value: unknown): value is Tree =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A node is written as an object with one key, its name: `{"ColumnRef":{…}}`. Fields begin with a small letter. */
export function nodeOf(value: unknown): { name: string; body: Tree } | undefined {
  if (!isTree(value)) return undefined;
  const [name, ...others] = Object.keys(value);
  if (name === undefined || others.length > 0 || !/^[A-Z]/.test(name)) return undefined;
  const body = value[name];
  return isTree(body) ? { name, body } : undefined;
}

/** Returns the body of a node of this name. */
export function bodyOf(value: unknown, name: string): Tree | undefined {
  const node = nodeOf(value);
  return node?.name === name ? node.body : undefined;
}

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Returns the texts of a list of `String` nodes, and undefined for every other node, like a star. */
export const textsOf = (value: unknown): (string | undefined)[] =>
  listOf(value).map((item) => {
    const text = bodyOf(item, "String");
    // The tree leaves an empty text out.
    return text && String(text.sval ?? "");
  });
