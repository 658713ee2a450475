import type { SqlSchema } from "#lib/tools/sql-query/schema.ts";
import { functionColumns, functionName, jsonTableColumns } from "./from-columns.ts";
import { nearestName } from "./nearest-name.ts";
import { outputName } from "./output-names.ts";
import { listed, quoted, refuse } from "./refuse.ts";
import { createColumnResolver } from "./resolve-columns.ts";
import {
  aliased,
  type Columns,
  columnsOf,
  type Range,
  rangesOf,
  renamed,
  type Scope,
} from "./scope.ts";
import { bodyOf, isTree, listOf, nodeOf, type Tree, textsOf } from "./tree.ts";

/**
 * Resolves every relation and every column of a query. A relation must be a view of the schema or a query of a WITH in
 * reach. `relation.name` must be a column of that relation: PostgreSQL would otherwise call a function of this name.
 */
export function resolveNames(select: Tree, schema: SqlSchema): void {
  createResolver(schema).resolveSelect(select, undefined);
}

function createResolver(schema: SqlSchema) {
  const views = new Map(
    schema.views.map(({ name, columns }) => [name, columns.map((column) => column.name)]),
  );
  const { resolveColumn, resolveFields } = createColumnResolver(schema);

  /** Returns the names of the query's columns. */
  function resolveSelect(
    select: Tree,
    outer: Scope | undefined,
    onFirstPart?: (columns: Columns) => void,
  ): Columns {
    const scope: Scope = { ranges: [], queries: new Map(), outer };
    if (isTree(select.withClause)) resolveWith(select.withClause, scope);
    if (isTree(select.larg) && isTree(select.rarg)) {
      const columns = resolveSelect(select.larg, scope);
      onFirstPart?.(columns);
      resolveSelect(select.rarg, scope);
      // The ORDER BY of a set operation sees the result's columns only.
      const result: Scope = { ...scope, ranges: [{ name: "", columns }] };
      resolveExpressions([select.sortClause, select.limitCount, select.limitOffset], result);
      return columns;
    }
    for (const item of listOf(select.fromClause)) scope.ranges.push(...resolveFrom(item, scope));
    const rows = listOf(select.valuesLists);
    if (rows.length > 0) {
      resolveExpressions(rows, scope);
      const first = bodyOf(rows[0], "List");
      const columns = listOf(first?.items).map((_, index) => `column${index + 1}`);
      const result: Scope = { ...scope, ranges: [{ name: "", columns }] };
      resolveExpressions([select.sortClause, select.limitCount, select.limitOffset], result);
      return columns;
    }
    const columns = outputColumns(select, scope);
    resolveExpressions([select.targetList, select.whereClause, select.limitCount], scope);
    // These may also name a column of the result.
    const withResult: Scope = { ...scope, ranges: [...scope.ranges, { name: "", columns }] };
    resolveExpressions(
      [
        select.groupClause,
        select.sortClause,
        select.distinctClause,
        select.havingClause,
        select.windowClause,
        select.limitOffset,
      ],
      withResult,
    );
    return columns;
  }

  function resolveWith(clause: Tree, scope: Scope): void {
    const queries = listOf(clause.ctes)
      .map((item) => bodyOf(item, "CommonTableExpr"))
      .filter((query) => query !== undefined);
    // With RECURSIVE, a query may name the queries after it.
    if (clause.recursive === true) {
      for (const { ctename, aliascolnames } of queries) {
        scope.queries.set(String(ctename), renamed(undefined, aliascolnames));
      }
    }
    for (const query of queries) {
      const {
        ctename,
        aliascolnames,
        ctequery,
        search_clause: search,
        cycle_clause: cycle,
      } = query;
      const select = bodyOf(ctequery, "SelectStmt");
      if (!select) refuse("Every part of a WITH must be a SELECT.");
      const added = [
        isTree(search) ? search.search_seq_column : undefined,
        isTree(cycle) ? cycle.cycle_mark_column : undefined,
        isTree(cycle) ? cycle.cycle_path_column : undefined,
      ].filter((name) => typeof name === "string");
      const know = (columns: Columns) => {
        const own = renamed(columns, aliascolnames);
        scope.queries.set(String(ctename), own && [...own, ...added]);
      };
      const columns = resolveSelect(select, scope, clause.recursive === true ? know : undefined);
      know(columns);
    }
  }

  /** Returns the relations of one item of a FROM clause. */
  function resolveFrom(item: unknown, scope: Scope): Range[] {
    const node = nodeOf(item);
    switch (node?.name) {
      case "RangeVar":
        return [aliased(resolveRelation(node.body, scope), node.body.alias)];
      case "RangeSubselect": {
        const select = bodyOf(node.body.subquery, "SelectStmt");
        if (!select) return refuse("A query in FROM must be a SELECT.");
        const reach = node.body.lateral === true ? scope : { ...scope, ranges: [] };
        return [aliased({ name: "", columns: resolveSelect(select, reach) }, node.body.alias)];
      }
      case "RangeFunction":
        return [resolveRangeFunction(node.body, scope)];
      case "JsonTable":
        resolveExpressions([node.body.context_item, node.body.passing], scope);
        return [aliased({ name: "", columns: jsonTableColumns(node.body) }, node.body.alias)];
      case "JoinExpr":
        return resolveJoin(node.body, scope);
      default:
        return refuse("FROM may hold views, queries and functions.");
    }
  }

  function resolveJoin(join: Tree, scope: Scope): Range[] {
    const left = resolveFrom(join.larg, scope);
    const right = resolveFrom(join.rarg, { ...scope, ranges: [...scope.ranges, ...left] });
    const ranges = [...left, ...right];
    // ON sees the two sides of its join and the queries around, but not the relations before the join.
    resolveExpressions([join.quals], { ...scope, ranges });
    if (isTree(join.join_using_alias)) {
      const columns = textsOf(join.usingClause).filter((name) => name !== undefined);
      ranges.push({ name: String(join.join_using_alias.aliasname), columns });
    }
    if (!isTree(join.alias)) return ranges;
    return [aliased({ name: "", columns: columnsOf(ranges) }, join.alias)];
  }

  function resolveRelation(relation: Tree, scope: Scope): Range {
    const name = String(relation.relname ?? "");
    const inSchema = relation.schemaname;
    if (relation.catalogname !== undefined) {
      refuse("A relation must not name a database. Only this database can be queried.");
    }
    if (inSchema === undefined) {
      for (let reach: Scope | undefined = scope; reach; reach = reach.outer) {
        if (reach.queries.has(name)) return { name, columns: reach.queries.get(name) };
      }
    } else if (inSchema !== schema.name) {
      refuse(
        `The schema ${quoted(String(inSchema))} is not available. Only the views of ${schema.name} are: ${listed([...views.keys()])}.`,
      );
    }
    const columns = views.get(name);
    if (columns) return { name, columns, isView: true };
    const nearest = nearestName(name, views.keys());
    return refuse(
      `There is no view ${quoted(name)} in the schema ${schema.name}.${nearest ? ` Did you mean ${nearest}?` : ""} The views are: ${listed([...views.keys()])}.`,
    );
  }

  function resolveRangeFunction(range: Tree, scope: Scope): Range {
    const calls = listOf(range.functions).map((item) => listOf(bodyOf(item, "List")?.items));
    // A function in FROM may name the relations before it, as if it were LATERAL.
    resolveExpressions(calls, scope);
    const alias = isTree(range.alias) ? String(range.alias.aliasname) : undefined;
    const definitions = [...listOf(range.coldeflist), ...calls.flatMap(([, list]) => listOf(list))];
    const defined = definitions.flatMap((item) => {
      const name = bodyOf(bodyOf(item, "List")?.items ? undefined : item, "ColumnDef")?.colname;
      return typeof name === "string" ? [name] : [];
    });
    const columns =
      defined.length > 0 ? defined : calls.flatMap(([call]) => functionColumns(call, alias));
    const all = range.ordinality === true ? [...columns, "ordinality"] : columns;
    return aliased({ name: functionName(calls[0]?.[0]) ?? "", columns: all }, range.alias);
  }

  function outputColumns(select: Tree, scope: Scope): Columns {
    const names: string[] = [];
    for (const item of listOf(select.targetList)) {
      const target = bodyOf(item, "ResTarget");
      if (!target) return undefined;
      if (typeof target.name === "string") {
        names.push(target.name);
        continue;
      }
      const fields = listOf(bodyOf(target.val, "ColumnRef")?.fields);
      if (bodyOf(fields.at(-1), "A_Star")) {
        const texts = textsOf(fields);
        const columns = columnsOf(texts.length === 1 ? scope.ranges : rangesOf(texts, scope));
        if (!columns) return undefined;
        names.push(...columns);
      } else if (hasStar(target.val)) return undefined;
      else names.push(outputName(target.val));
    }
    return names;
  }

  /** Resolves the columns and the queries inside expressions. */
  function resolveExpressions(values: readonly unknown[], scope: Scope): void {
    for (const value of values) {
      if (Array.isArray(value)) resolveExpressions(value, scope);
      else if (isTree(value)) resolveExpression(value, scope);
    }
  }

  function resolveExpression(value: Tree, scope: Scope): void {
    const node = nodeOf(value);
    if (node?.name === "ColumnRef") {
      resolveColumn(listOf(node.body.fields), scope);
      return;
    }
    if (node?.name === "SelectStmt") {
      resolveSelect(node.body, scope);
      return;
    }
    if (node?.name === "A_Indirection") resolveFields(node.body);
    resolveExpressions(Object.values(node?.body ?? value), scope);
  }

  return { resolveSelect };
}

/** Whether the value is `(row).*`, whose columns the query does not show. */
function hasStar(value: unknown): boolean {
  return listOf(bodyOf(value, "A_Indirection")?.indirection).some(
    (item) => bodyOf(item, "A_Star") !== undefined,
  );
}
