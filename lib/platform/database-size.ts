import type { Row, Statement } from "./postgres.ts";

export interface DatabaseSize {
  bytes: number;
  limitBytes: number;
}

/**
 * Reads the size of all databases together, PostgreSQL's templates included, because Neon limits that sum. From
 * `neon.max_cluster_size` on, Neon refuses every statement that makes a table longer. Other PostgreSQL servers do not
 * have this setting.
 */
export const databaseSize: Statement = {
  text: `
    select sum(pg_database_size(oid))::float8 as bytes,
      case when current_setting('neon.max_cluster_size', true) ~ '^[1-9]'
        then pg_size_bytes(current_setting('neon.max_cluster_size', true))::float8 end as neon_limit
    from pg_database
    where has_database_privilege(oid, 'connect')`,
  params: [],
};

/** @param limitMegabytes the configured limit, for a database without `neon.max_cluster_size` */
export function toDatabaseSize([row]: Row[], limitMegabytes: number): DatabaseSize {
  const neonLimit = Number(row?.neon_limit ?? 0);
  return {
    bytes: Number(row?.bytes ?? 0),
    limitBytes: neonLimit > 0 ? neonLimit : limitMegabytes * 1024 * 1024,
  };
}
