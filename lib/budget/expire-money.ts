import type { Database } from "#lib/platform/postgres.ts";

/** The usage report shows 90 days. */
const keptDays = 100;

/** Deletes the bookings and budgets that no report shows and no claim reads any more. One database request. */
export async function expireMoney(database: Database): Promise<void> {
  await database.query({
    text: `
      with oldest as (
        select (now() at time zone 'UTC')::date - $1::int as day
      ), expired as (
        delete from bookings using oldest where bookings.day < oldest.day
      )
      delete from budgets using oldest where period < date_trunc('month', oldest.day)`,
    params: [keptDays],
  });
}
