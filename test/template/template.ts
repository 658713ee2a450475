/** Any value of a template. Tests read it with `at` and change it with `put`, so they need no types of its parts. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export interface Template {
  Resources: Record<
    string,
    { Type: string; Properties: { [key: string]: Json }; [key: string]: Json }
  >;
  Outputs: Record<string, Json>;
}

/** Returns the value at a path such as `Properties.Origins.1.Id`, or `undefined`. */
export function at(value: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce(
      (inner: unknown, key) =>
        typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined,
      value,
    );
}

export function textAt(value: unknown, path: string): string {
  const found = at(value, path);
  return typeof found === "string" ? found : JSON.stringify(found ?? "");
}

export function listAt(value: unknown, path: string): unknown[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
}

/** Sets the value at a path, or removes it with `undefined`. @throws Error if the parent is missing */
export function put(value: unknown, path: string, content: Json | undefined): void {
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  const parent = keys.length === 0 ? value : at(value, keys.join("."));
  if (typeof parent !== "object" || parent === null)
    throw new Error(`There is nothing at ${path}.`);
  if (content === undefined) Reflect.deleteProperty(parent, last);
  else Reflect.set(parent, last, content);
}

export const ofType = (template: Template, type: string) =>
  Object.entries(template.Resources).filter(([, { Type }]) => Type === type);

/** What a Ref, Fn::GetAtt or Fn::Sub refers to: the first logical id in it. */
export function target(value: unknown): string | undefined {
  const reference = at(value, "Ref") ?? at(value, "Fn::GetAtt.0");
  if (typeof reference === "string") return reference;
  return /\$\{(\w+)/.exec(textAt(value, "Fn::Sub"))?.[1];
}
