import * as v from "valibot";
import { UsageDay, type UsageReport } from "#lib/contract/usage.ts";
import type { Database } from "#lib/platform/postgres.ts";
import { toUsd } from "./price.ts";

interface UsageInput {
  owner: string;
  /** How many days, of which the last one is today. */
  days: number;
  /** In whole microdollars. */
  caps: { ownerDay: number; siteDay: number; siteMonth: number };
}

/** In whole microdollars. */
const Budget = v.object({ settled: v.number(), reserved: v.number() });
type Budget = v.InferOutput<typeof Budget>;

const UsageRow = v.object({
  days: v.array(v.object({ ...v.omit(UsageDay, ["cost_usd"]).entries, spent: v.number() })),
  owner_day: Budget,
  site_day: Budget,
  site_month: Budget,
  next_day: v.string(),
  next_month: v.string(),
});

/** Returns what an owner has spent, by day, and how much of the budgets is left. One database request. */
export async function readUsage(
  database: Database,
  { owner, days, caps }: UsageInput,
): Promise<UsageReport> {
  const [row] = await database.query({ text: selectUsage, params: [owner, days] });
  const usage = v.parse(UsageRow, row);
  return {
    days: usage.days.map(({ spent, ...day }) => ({ ...day, cost_usd: toUsd(spent) })),
    today: {
      cap_usd: toUsd(caps.ownerDay),
      settled_usd: toUsd(usage.owner_day.settled),
      reserved_usd: toUsd(usage.owner_day.reserved),
      left_usd: toUsd(leftOf(usage.owner_day, caps.ownerDay)),
      resets_at: usage.next_day,
    },
    site: {
      day: { left: shareLeft(usage.site_day, caps.siteDay), resets_at: usage.next_day },
      month: { left: shareLeft(usage.site_month, caps.siteMonth), resets_at: usage.next_month },
    },
  };
}

/** 0 if the operators have lowered the cap below what was spent. */
const leftOf = ({ settled, reserved }: Budget, cap: number): number =>
  Math.max(0, cap - settled - reserved);

const shareLeft = (budget: Budget, cap: number): number =>
  Math.floor((leftOf(budget, cap) / cap) * 100) / 100;

/** The keys of the JSON in `bookings.usage`, which are those of the report. */
const tokenKinds = ["input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens"];

const budgetOf = (scope: string, period: string) => `
  coalesce(
    (select json_build_object('settled', settled, 'reserved', reserved) from budgets
     where scope = ${scope} and period = ${period}),
    '{"settled":0,"reserved":0}')`;

/** One statement, so that days and budgets belong to the same moment. */
const selectUsage = `
  with calendar as (
    select today, date_trunc('month', today)::date as month
    from (select (now() at time zone 'UTC')::date as today) as clock
  ), spending as (
    select bookings.day,
      count(*) filter (where attempt = 1 and not is_document) as turns,
      sum(spent) filter (where state <> 'open') as spent,
      bool_or(state = 'estimated') as is_estimated,
      ${tokenKinds.map((kind) => `sum((usage ->> '${kind}')::bigint) as ${kind}`).join(", ")}
    from bookings, calendar
    where owner = $1 and bookings.day > today - $2::int
    group by bookings.day
  )
  select
    (select json_agg(json_build_object(
        'day', to_char(listed.day, 'YYYY-MM-DD'),
        'turns', coalesce(turns, 0),
        'spent', coalesce(spent, 0),
        'is_estimated', coalesce(is_estimated, false),
        ${tokenKinds.map((kind) => `'${kind}', coalesce(${kind}, 0)`).join(", ")}
      ) order by listed.day)
      from generate_series(today - $2::int + 1, today, interval '1 day') as listed (day)
      left join spending on spending.day = listed.day) as days,
    ${budgetOf("'owner/day ' || $1", "today")} as owner_day,
    ${budgetOf("'site/day'", "today")} as site_day,
    ${budgetOf("'site/month'", "month")} as site_month,
    to_char(today + 1, 'YYYY-MM-DD"T00:00:00.000Z"') as next_day,
    to_char(month + interval '1 month', 'YYYY-MM-DD"T00:00:00.000Z"') as next_month
  from calendar`;
