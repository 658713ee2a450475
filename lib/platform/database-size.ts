import type { Row, Statement } from "./postgres.ts";

export interface DatabaseSize {
  bytes: number;
  limitBytes: number;
}

/**
 * Neon limits what all databases of the branch have together, the templates of PostgreSQL included, and refuses what
 * makes a table longer from `neon.max_cluster_size` on. Another PostgreSQL does not know that name.
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

/** @param limitMegabytes the setting, for a database that does not tell its own limit */
export function toDatabaseSize([row]: Row[], limitMegabytes: number): DatabaseSize {
  const neonLimit = Number(row?.neon_limit ?? 0);
  return {
    bytes: Number(row?.bytes ?? 0),
    limitBytes: neonLimit > 0 ? neonLimit : limitMegabytes * 1024 * 1024,
  };
}
