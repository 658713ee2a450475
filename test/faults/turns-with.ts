import type pg from "pg";

/** Returns the turns of a message. Every message of a run is unique. */
export async function turnsWith(pool: pg.Pool, message: string) {
  const { rows } = await pool.query<{ id: string; status: string; attempts: number }>(
    "select id, status, attempts from turns where input = $1",
    [message],
  );
  return rows;
}
