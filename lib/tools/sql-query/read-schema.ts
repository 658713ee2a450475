import type { Database } from "#lib/platform/postgres.ts";
import type { SqlColumn, SqlSchema, SqlView } from "./schema.ts";

interface Catalog {
  role: Record<string, boolean | number>;
  schemas: { name: string; comment: string | null; relations: Relation[]; functions: number }[];
}

interface Relation {
  name: string;
  kind: string;
  comment: string | null;
  is_owned: boolean;
  may_write: boolean;
  columns: { name: string; type: string; comment: string | null; may_list: boolean }[];
}

type ReadSchema = { schema: SqlSchema } | { fault: string };

/**
 * Reads the views that the role may query, and checks that the role can do nothing else: the second wall must hold without
 * the first. Returns the first fault as a sentence with its remedy.
 */
export async function readSchema(database: Database): Promise<ReadSchema> {
  const [row] = await database.query({ text: catalogQuery, params: [] });
  const catalog = row?.catalog as Catalog;
  const fault = faultOf(catalog);
  const found = catalog.schemas[0];
  if (fault !== undefined || !found) return { fault: fault ?? noViews };
  const values = await readValues(database, found.name, found.relations);
  const views = found.relations.map(
    ({ name, comment, columns }): SqlView => ({
      name,
      comment: comment ?? undefined,
      columns: columns.map(
        (column): SqlColumn => ({
          name: column.name,
          type: column.type,
          comment: column.comment ?? undefined,
          values: values.get(`${name}.${column.name}`),
        }),
      ),
    }),
  );
  return { schema: { name: found.name, comment: found.comment ?? undefined, views } };
}

const noViews =
  "The analytics role may read no view. Grant it USAGE on one schema and SELECT on the views of that schema.";

/** The privileges that make a role more than a reader of views, each with its remedy. */
const roleFaults: readonly (readonly [string, string])[] = [
  ["is_superuser", "is a superuser; use a role of its own"],
  ["may_bypass", "may bypass row security; take BYPASSRLS from it"],
  ["may_create_roles", "may create roles or databases; take CREATEROLE and CREATEDB from it"],
  ["may_replicate", "may replicate the database; take REPLICATION from it"],
  ["is_member", "is a member of another role; revoke that membership"],
  ["owns", "owns objects of the database; give them to another role"],
  ["may_create", "may create schemas in the database; revoke CREATE on the database from it"],
  [
    "may_create_temporary",
    "may create temporary tables; revoke TEMPORARY on the database from PUBLIC",
  ],
  [
    "may_create_in_schema",
    "may create objects in a schema; revoke CREATE on the schema from it and from PUBLIC",
  ],
  ["may_use_sequence", "may use a sequence; revoke USAGE and UPDATE on it"],
  ["may_use_large_object", "may read or write a large object; revoke that"],
  ["may_use_foreign_server", "may use a foreign server; revoke USAGE on it"],
];

function faultOf({ role, schemas }: Catalog): string | undefined {
  const found = roleFaults.find(([key]) => role[key]);
  if (found) return `The analytics role ${found[1]}.`;
  const [schema, second] = schemas;
  if (!schema) return noViews;
  if (second) {
    return `The analytics role may read two schemas, ${schema.name} and ${second.name}. It must read the views of one.`;
  }
  for (const { name, kind, is_owned: isOwned, may_write: mayWrite } of schema.relations) {
    const where = `${schema.name}.${name}`;
    if (kind !== "v" && kind !== "m") {
      return `The analytics role may read the table ${where}. Make a view of it in a schema that holds views only.`;
    }
    if (isOwned || mayWrite) {
      return `The analytics role may change ${where}. It must have SELECT and nothing else.`;
    }
  }
  if (schema.functions > 0) {
    return `The schema ${schema.name} holds functions that the analytics role may call. Move them to another schema.`;
  }
  return undefined;
}

/**
 * One row of JSON. `current_user` counts as a member of itself, and every role of PUBLIC. Catalogs of PostgreSQL and the
 * schemas of extensions without readable relations do not count.
 */
const catalogQuery = `
with me as (select * from pg_roles where rolname = current_user),
readable as (
  select relation.*, namespace.nspname from pg_class as relation
  join pg_namespace as namespace on namespace.oid = relation.relnamespace
  where relation.relkind in ('r', 'p', 'v', 'm', 'f')
    and namespace.nspname not in ('pg_catalog', 'information_schema')
    and namespace.nspname not like 'pg\\_toast%' and namespace.nspname not like 'pg\\_temp%'
    and has_schema_privilege(namespace.oid, 'USAGE')
    and (has_any_column_privilege(relation.oid, 'SELECT, INSERT, UPDATE, REFERENCES')
      or has_table_privilege(relation.oid, 'DELETE, TRUNCATE, TRIGGER'))
)
select json_build_object(
  'role', (select json_build_object(
    'is_superuser', me.rolsuper, 'may_bypass', me.rolbypassrls, 'may_create_roles', me.rolcreaterole or me.rolcreatedb,
    'may_replicate', me.rolreplication,
    'is_member', exists (select from pg_auth_members where member = me.oid),
    'owns', exists (select from pg_shdepend where refclassid = 'pg_authid'::regclass and refobjid = me.oid and deptype = 'o'),
    'may_create', has_database_privilege(current_database(), 'CREATE'),
    'may_create_temporary', has_database_privilege(current_database(), 'TEMPORARY'),
    'may_create_in_schema', exists (select from pg_namespace where has_schema_privilege(oid, 'CREATE')),
    'may_use_sequence', exists (
      select from pg_class where has_schema_privilege(relnamespace, 'USAGE')
        and case when relkind = 'S' then has_sequence_privilege(oid, 'USAGE, UPDATE') else false end),
    'may_use_large_object', exists (
      select from pg_largeobject_metadata, aclexplode(lomacl) as privilege where privilege.grantee in (0, me.oid)),
    'may_use_foreign_server', exists (select from pg_foreign_server where has_server_privilege(oid, 'USAGE'))
  ) from me),
  'schemas', coalesce((
    select json_agg(json_build_object(
      'name', found.nspname,
      'comment', obj_description(found.nspname::regnamespace, 'pg_namespace'),
      'functions', (select count(*) from pg_proc where pronamespace = found.nspname::regnamespace
        and has_function_privilege(oid, 'EXECUTE')),
      'relations', (
        select json_agg(json_build_object(
          'name', readable.relname, 'kind', readable.relkind, 'comment', obj_description(readable.oid, 'pg_class'),
          'is_owned', readable.relowner = (select oid from me),
          'may_write', has_any_column_privilege(readable.oid, 'INSERT, UPDATE, REFERENCES')
            or has_table_privilege(readable.oid, 'DELETE, TRUNCATE, TRIGGER'),
          'columns', coalesce((
            select json_agg(json_build_object(
              'name', attname, 'type', format_type(atttypid, atttypmod), 'comment', col_description(attrelid, attnum),
              'may_list', atttypid in ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype)
                or (select typtype = 'e' from pg_type where oid = atttypid)
            ) order by attnum)
            from pg_attribute where attrelid = readable.oid and attnum > 0 and not attisdropped
              and has_column_privilege(attrelid, attnum, 'SELECT')
          ), '[]')
        ) order by readable.relname)
        from readable where readable.nspname = found.nspname
      )
    ) order by found.nspname)
    from (select distinct nspname from readable) as found
  ), '[]')
) as catalog`;

const maxListedColumns = 24;
const maxValues = 12;
const sampledRows = 2_000;

/**
 * Returns the values of text columns that have few, from the first rows of each view, by `view.column`. A column with more
 * values, like a name, is left out. A view that is too slow gives none.
 */
async function readValues(
  database: Database,
  schema: string,
  relations: readonly Relation[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const columns = relations
    .flatMap(({ name: view, columns }) =>
      columns.filter((column) => column.may_list).map(({ name }) => ({ view, name })),
    )
    .slice(0, maxListedColumns);
  if (columns.length === 0) return new Map();
  const parts = columns.map(
    ({ view, name }, index) => `select ${index} as number, array(
      select distinct left(${identifier(name)}::text, 41) from (
        select ${identifier(name)} from ${identifier(schema)}.${identifier(view)} limit ${sampledRows}
      ) as sample where ${identifier(name)} is not null order by 1 limit ${maxValues + 1}) as found`,
  );
  try {
    const [, rows = []] = await database.transaction([
      { text: "select set_config('statement_timeout', '1500', true)", params: [] },
      { text: parts.join(" union all "), params: [] },
    ]);
    return new Map(
      rows.flatMap((row): [string, readonly string[]][] => {
        const found = row.found as string[];
        const column = columns[Number(row.number)];
        const isShort = found.every((value) => value.length <= 40);
        if (!column || found.length === 0 || found.length > maxValues || !isShort) return [];
        return [[`${column.view}.${column.name}`, found]];
      }),
    );
  } catch {
    return new Map();
  }
}

/** Writes a name as an identifier of SQL. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;
