import type { Table } from "#lib/contract/table.ts";
import type { QuerySession } from "./query-session.ts";

type ColumnType = Table["columns"][number]["type"];
type Value = Table["rows"][number][number];

/** How the values of one column of a result are read and shown. */
export interface ResultColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** PostgreSQL's name of the type, for the model. */
  readonly typeName: string;
  /** SQL that turns a value into its text. */
  asText(expression: string): string;
  read(text: string): Value;
}

const plainText = (expression: string) => `${expression}::text`;
const jsonText = (expression: string) => `to_json(${expression})::text`;
const same = (text: string) => text;

type Reading = Omit<ResultColumn, "name">;

const reading = (
  typeName: string,
  type: ColumnType,
  read: (text: string) => Value = same,
): Reading => ({ typeName, type, read, asText: plainText });

/** By the type's OID, which is the same in every PostgreSQL (pg_type.dat). */
const knownTypes: Readonly<Record<number, Reading>> = {
  16: reading("boolean", "boolean", (text) => text === "true"),
  17: reading("bytea", "text"),
  18: reading("char", "text"),
  19: reading("name", "text"),
  20: reading("bigint", "number"),
  21: reading("smallint", "number", toNumber),
  23: reading("integer", "number", toNumber),
  25: reading("text", "text"),
  114: reading("json", "json"),
  700: reading("real", "number", toNumber),
  701: reading("double precision", "number", toNumber),
  705: reading("text", "text"),
  790: reading("money", "text"),
  1042: reading("char", "text"),
  1043: reading("varchar", "text"),
  1082: reading("date", "time"),
  1083: reading("time", "text"),
  1114: reading("timestamp", "time", toTimestamp),
  1184: reading("timestamptz", "time", toTimestamp),
  1186: reading("interval", "text"),
  1266: reading("timetz", "text"),
  1560: reading("bit", "text"),
  1562: reading("varbit", "text"),
  1700: reading("numeric", "number"),
  2950: reading("uuid", "text"),
  3802: reading("jsonb", "json"),
};

/** NaN and the infinities have no place in JSON: they stay texts. */
function toNumber(text: string): Value {
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}

/**
 * RFC 3339: `2026-01-31 10:00:00+00` becomes `2026-01-31T10:00:00Z`. A timestamp without a time zone gets none. Infinity and
 * years before Christ, which RFC 3339 does not know, stay as PostgreSQL writes them.
 */
function toTimestamp(text: string): Value {
  return text.replace(
    /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)(\+00)?$/,
    (_, day, time, zone) => (zone === undefined ? `${day}T${time}` : `${day}T${time}Z`),
  );
}

/** Looks types up that are not PostgreSQL's plain ones: arrays and rows become JSON, everything else is a text. */
export async function columnsOfResult(
  fields: readonly { name: string; type: number }[],
  session: QuerySession,
): Promise<ResultColumn[]> {
  const unknown = [...new Set(fields.map(({ type }) => type))].filter((type) => !knownTypes[type]);
  const found = new Map<number, Reading>();
  if (unknown.length > 0) {
    // The numbers come from PostgreSQL itself.
    const { rows } = await session.query(
      `select oid::text, format_type(oid, null), typcategory, typtype from pg_catalog.pg_type where oid in (${unknown.join(",")})`,
    );
    for (const [oid, name, category, kind] of rows) {
      const isStructured = category === "A" || kind === "c" || category === "P";
      const typeName = name ?? "unknown";
      found.set(
        Number(oid),
        isStructured
          ? { typeName, type: "json", asText: jsonText, read: same }
          : reading(typeName, "text"),
      );
    }
  }
  return fields.map(({ name, type }) => ({
    name,
    ...(knownTypes[type] ?? found.get(type) ?? reading("unknown", "text")),
  }));
}
