import type { SqlSchema } from "#lib/tools/sql-query/schema.ts";
import { allowedFunctions } from "./allowed-names.ts";
import { nearestName } from "./nearest-name.ts";
import { listed, quoted, refuse } from "./refuse.ts";
import { columnsOf, rangesOf, reachable, type Scope } from "./scope.ts";
import { type Tree, textsOf } from "./tree.ts";

/** Returns functions that refuse a column, or a field of a row, that does not exist. */
export function createColumnResolver(schema: SqlSchema) {
  /** Fields that `(expression).field` may name: those of whole rows, and those of functions that return rows. */
  const fieldNames = new Set([
    ...schema.views.flatMap(({ columns }) => columns.map(({ name }) => name)),
    ...["key", "value", "ordinality"],
  ]);

  /** `(expression).field` calls a function if the expression has no such field. */
  function resolveFields({ indirection }: Tree): void {
    for (const field of textsOf(indirection)) {
      if (field !== undefined && !fieldNames.has(field)) {
        refuse(
          `${quoted(field)} after a bracket is not the name of a column. Write a function as name(argument).`,
        );
      }
    }
  }

  function resolveColumn(fields: readonly unknown[], scope: Scope): void {
    const texts = textsOf(fields);
    const name = texts.at(-1);
    if (texts.length === 1) {
      if (name !== undefined) resolveUnqualified(name, scope);
      return;
    }
    const rangeName = texts.at(-2) ?? "";
    if (texts.length > 3 || (texts.length === 3 && texts[0] !== schema.name)) {
      refuse(`${quoted(texts.join("."))} must be written as view.column.`);
    }
    const ranges = rangesOf(texts, scope);
    if (ranges.length === 0) {
      const known = [...reachable(scope)].map((range) => range.name).filter((one) => one !== "");
      refuse(
        `${quoted(rangeName)} is not a relation of this query.${known.length > 0 ? ` Its relations are: ${listed([...new Set(known)])}.` : ""}`,
      );
    }
    if (name === undefined) return;
    const columns = columnsOf(ranges);
    if (columns?.includes(name)) return;
    if (!columns && (fieldNames.has(name) || allowedFunctions.has(name))) return;
    refuse(missingColumn(name, columns ?? [], ` in ${rangeName}`));
  }

  function resolveUnqualified(name: string, scope: Scope): void {
    let isUnknown = false;
    const known: string[] = [];
    for (const range of reachable(scope)) {
      if (range.columns?.includes(name) || range.name === name) return;
      isUnknown ||= range.columns === undefined;
      known.push(...(range.columns ?? []));
    }
    if (!isUnknown) refuse(missingColumn(name, [...new Set(known)], ""));
  }

  function missingColumn(name: string, columns: readonly string[], where: string): string {
    const nearest = nearestName(name, columns);
    const elsewhere = schema.views
      .filter((view) => view.columns.some((column) => column.name === name))
      .map((view) => view.name);
    return [
      `There is no column ${quoted(name)}${where}.`,
      nearest ? ` Did you mean ${nearest}?` : "",
      !nearest && elsewhere.length > 0 ? ` The view ${listed(elsewhere)} has it.` : "",
      columns.length > 0 ? ` The columns are: ${listed(columns)}.` : "",
    ].join("");
  }

  return { resolveColumn, resolveFields };
}
