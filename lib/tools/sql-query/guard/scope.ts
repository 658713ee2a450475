import { isTree, textsOf } from "./tree.ts";

/** The names of a relation's columns. Undefined if a query does not show them, like those of `(row).*`. */
export type Columns = readonly string[] | undefined;

/** One relation of a FROM clause. */
export interface Range {
  name: string;
  columns: Columns;
  /** Under its own name, so that `schema.view.column` means it. */
  isView?: boolean;
}

/** What the expressions of one query may name. */
export interface Scope {
  ranges: Range[];
  /** Those of its WITH, by their names. */
  queries: Map<string, Columns>;
  outer: Scope | undefined;
}

/** The relations that an expression may name, the nearest first. */
export function* reachable(scope: Scope): Generator<Range> {
  for (let reach: Scope | undefined = scope; reach; reach = reach.outer) yield* reach.ranges;
}

/**
 * Returns the relations that `relation.column` or `schema.view.column` may mean. PostgreSQL takes the nearest scope that has
 * one, and with a schema it passes over everything with an alias.
 */
export function rangesOf(texts: readonly (string | undefined)[], scope: Scope): readonly Range[] {
  const name = texts.at(-2);
  const needsView = texts.length > 2;
  for (let reach: Scope | undefined = scope; reach; reach = reach.outer) {
    const found = reach.ranges.filter(
      (range) => range.name === name && (!needsView || range.isView === true),
    );
    if (found.length > 0) return found;
  }
  return [];
}

export function columnsOf(ranges: readonly Range[]): Columns {
  const names: string[] = [];
  for (const { columns } of ranges) {
    if (!columns) return undefined;
    names.push(...columns);
  }
  return names;
}

export function aliased(range: Range, alias: unknown): Range {
  if (!isTree(alias)) return range;
  return {
    name: String(alias.aliasname),
    columns: renamed(range.columns, alias.colnames),
  };
}

/** A list of names replaces the first columns. */
export function renamed(columns: Columns, names: unknown): Columns {
  const given = textsOf(names).map((name) => name ?? "");
  if (given.length === 0) return columns;
  return [...given, ...(columns ?? []).slice(given.length)];
}
