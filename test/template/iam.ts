import { parse, type ScalarTag, type YAMLMap, type YAMLSeq } from "yaml";
import { at, type Json } from "./template.ts";

/** A call to AWS, with the values of IAM's condition keys. */
export interface Call {
  action: string;
  resource: string;
  context?: Record<string, string>;
}

export interface Statement {
  Sid?: string;
  Effect: string;
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** Decides like IAM: a statement must allow the call, and none may deny it. */
export function isAllowed(statements: readonly Statement[], call: Call): boolean {
  const matching = statements.filter(
    ({ Action, Resource, Condition = {} }) =>
      [Action]
        .flat()
        .some((pattern) => matches(pattern.toLowerCase(), call.action.toLowerCase())) &&
      [Resource].flat().some((pattern) => matches(pattern, call.resource)) &&
      holds(Condition, call.context ?? {}),
  );
  return (
    matching.some(({ Effect }) => Effect === "Allow") &&
    !matching.some(({ Effect }) => Effect === "Deny")
  );
}

/** `*` matches any text, `?` any one character. */
function matches(pattern: string, text: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`).test(text);
}

/** A condition fails if the call has no value for its key. */
function holds(
  conditions: NonNullable<Statement["Condition"]>,
  context: Record<string, string>,
): boolean {
  return Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => {
      const value = context[key];
      if (value === undefined) return false;
      if (operator === "StringEquals") return [wanted].flat().includes(value);
      // A call of one item has one leading key.
      if (operator === "StringLike" || operator === "ForAllValues:StringLike") {
        return [wanted].flat().some((pattern) => matches(pattern, value));
      }
      if (operator === "NumericGreaterThanEquals") return Number(value) >= Number(wanted);
      throw new Error(`This test does not support the condition ${operator}.`);
    }),
  );
}

/** Values of `Ref`, `${…}` and, as `Id.Attribute`, `Fn::GetAtt`. */
export type Names = Record<string, string>;

/** Evaluates the functions in a part of a template. @throws Error for an unknown name */
export function resolve(value: unknown, names: Names): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, names));
  if (typeof value !== "object" || value === null) return value;
  const [[key, content] = ["", undefined]] = Object.entries(value);
  const list = () => (Array.isArray(content) ? content.map((item) => resolve(item, names)) : []);
  if (key === "Ref") return named(String(content), names);
  if (key === "Fn::GetAtt") return named([content].flat().join("."), names);
  if (key === "Fn::Sub") {
    const [text, own = {}] = [content].flat();
    const all = { ...names, ...Object(resolve(own, names)) };
    return String(text).replace(/\$\{([\w:.]+)\}/g, (_, name: string) => named(name, all));
  }
  if (key === "Fn::Split") return String(list()[1]).split(String(list()[0]));
  if (key === "Fn::Select") return at(list()[1], String(list()[0]));
  if (key === "Fn::Equals") return list()[0] === list()[1];
  if (key === "Fn::If") {
    const [condition, yes, no] = [content].flat();
    return resolve(named(String(condition), names) === "true" ? yes : no, names);
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, resolve(inner, names)]),
  );
}

function named(name: string, names: Names): string {
  const value = names[name];
  if (value === undefined) throw new Error(`There is no value for ${name}.`);
  return value;
}

const shortForm = (name: string) => ({
  tag: `!${name}`,
  resolve: (content: string | YAMLMap | YAMLSeq) => {
    const inner = typeof content === "string" ? content : content.toJSON();
    if (name === "Ref") return { Ref: inner };
    return { [`Fn::${name}`]: name === "GetAtt" ? String(inner).split(".") : inner };
  },
});

/** Parses a template in YAML, with short forms such as `!Sub` in their long form. */
export function parseTemplate(text: string): Json {
  const tags = ["Ref", "Sub", "If", "Equals", "GetAtt", "Split", "Select"].map(shortForm);
  const customTags = tags.flatMap((tag) => [
    tag,
    { ...tag, collection: "seq" },
    { ...tag, collection: "map" },
  ]);
  return parse(text, { customTags: customTags as ScalarTag[] });
}
