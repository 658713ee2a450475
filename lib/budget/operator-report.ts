import * as v from "valibot";
import { OperatorReport } from "#lib/contract/operator.ts";
import type { Database } from "#lib/platform/postgres.ts";
import { rfc3339 } from "#lib/platform/rfc3339.ts";
import { toUsd } from "./price.ts";

interface ReportInput {
  /** How many days, of which the last one is today, in UTC. */
  days: number;
  /** In whole microdollars. */
  caps: { siteDay: number; siteMonth: number };
  region: string;
  /** The twin has no CloudWatch. */
  isDeployed: boolean;
}

const { entries } = OperatorReport;
/** In whole microdollars. */
const spent = { spent: v.number() };
const Budget = v.object({ settled: v.number(), reserved: v.number() });
const ReportRow = v.object({
  ...v.omit(OperatorReport, [
    ...["cost_usd", "slots", "models", "budgets", "metrics_url", "unit", "session_expires_at"],
  ] as const).entries,
  ...spent,
  slots: v.array(v.object({ ...v.omit(entries.slots.item, ["cost_usd"]).entries, ...spent })),
  models: v.array(v.object({ ...v.omit(entries.models.item, ["cost_usd"]).entries, ...spent })),
  site_day: Budget,
  site_month: Budget,
});

/** Returns how the service has worked. One database request, which PostgreSQL gives up after three seconds. */
export async function readReport(
  database: Database,
  { days, caps, region, isDeployed }: ReportInput,
): Promise<Omit<OperatorReport, "session_expires_at">> {
  const unit = days === 1 ? "hour" : "day";
  const [, [row] = []] = await database.transaction([
    { text: "select set_config('statement_timeout', '3000', true)", params: [] },
    { text: selectReport, params: [days, unit] },
  ]);
  const { spent, site_day, site_month, slots, models, ...report } = v.parse(ReportRow, row);
  const inUsd = <Part extends { spent: number }>({ spent: amount, ...part }: Part) => ({
    ...part,
    cost_usd: toUsd(amount),
  });
  return {
    ...report,
    unit,
    cost_usd: toUsd(spent),
    slots: slots.map(inUsd),
    models: models.map(inUsd),
    budgets: { day: budgetOf(site_day, caps.siteDay), month: budgetOf(site_month, caps.siteMonth) },
    metrics_url: isDeployed
      ? `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#metricsV2`
      : null,
  };
}

const budgetOf = ({ settled, reserved }: v.InferOutput<typeof Budget>, cap: number) => ({
  cap_usd: toUsd(cap),
  spent_usd: toUsd(settled),
  reserved_usd: toUsd(reserved),
});

const quantilesOf = (column: string) => `
  json_build_object(
    'p50_ms', round(percentile_cont(0.5) within group (order by ${column})),
    'p95_ms', round(percentile_cont(0.95) within group (order by ${column})))`;

const budgetIn = (scope: string, period: string) => `
  coalesce(
    (select json_build_object('settled', settled, 'reserved', reserved) from budgets
     where scope = '${scope}' and period = ${period}),
    '{"settled":0,"reserved":0}')`;

/**
 * One statement, so that all figures belong to the same moment. Reads only numbers, states, ids and times of a turn. Money
 * comes from the bookings, which outlive deleted turns, except that of models, which only turns know. $1: days, $2: unit.
 */
const selectReport = `
  with calendar as (
    select today, date_trunc('month', today)::date as month, (today - $1::int + 1)::timestamp at time zone 'UTC' as since
    from (select (now() at time zone 'UTC')::date as today) as clock
  ), recent as materialized (
    select id, status, created_at, attempts, parkings, model, feedback,
      date_trunc($2, created_at at time zone 'UTC') as slot,
      case when finished_at is not null and parkings = 0
        then round(extract(epoch from finished_at - created_at) * 1000)::float8 end as duration_ms,
      -- lib/conversations/packed-trace.ts: sent_ms, first_token_ms and stored_ms of the first attempt.
      case when trace -> 0 ->> 3 is not null
        then greatest(0, (trace -> 0 ->> 5)::float8 - (trace -> 0 ->> 2)::float8 + (trace -> 0 ->> 3)::float8)
      end as first_token_ms,
      coalesce(round((usage ->> 'cost_usd')::numeric * 1000000), 0)::float8 as spent,
      case when status = 'failed' then coalesce(error ->> 'type', 'internal_error') end as error_type
    from calendar join turns on created_at >= since
  ), slots as (
    select slot, count(*) as turns, count(error_type) as failed, ${quantilesOf("first_token_ms")} as first_token
    from recent group by slot
  ), money as (
    -- A booking knows its day, and its turn the hour.
    select case when $2 = 'day' then bookings.day::timestamp else coalesce(recent.slot, bookings.day::timestamp) end as slot,
      sum(bookings.spent) as spent
    from calendar, bookings left join recent on recent.id = turn_id
    where bookings.day >= (since at time zone 'UTC')::date and state <> 'open'
    group by 1
  )
  select
    ${rfc3339("since")} as since, ${rfc3339("now()")} as until,
    (select json_build_object(
      'accepted', count(*),
      'done', count(*) filter (where status = 'done'),
      'failed', count(*) filter (where status = 'failed'),
      'stopped', count(*) filter (where status = 'stopped'),
      'take_overs', coalesce(sum(greatest(0, attempts - 1 - parkings)), 0)) from recent) as turns,
    (select coalesce(sum(spent), 0)::float8 from money) as spent,
    (select ${quantilesOf("first_token_ms")} from recent) as first_token,
    (select ${quantilesOf("duration_ms")} from recent) as duration,
    (select json_build_object(
      'queued', count(*) filter (where status = 'queued'),
      'running', count(*) filter (where status = 'running'),
      'waiting', count(*) filter (where status = 'waiting'),
      'oldest_seconds', floor(extract(epoch from now() - min(created_at) filter (where status <> 'waiting'))))
      from turns where status in ('queued', 'running', 'waiting')) as queue,
    ${budgetIn("site/day", "today")} as site_day,
    ${budgetIn("site/month", "month")} as site_month,
    (select json_build_object(
      'up', count(*) filter (where feedback ->> 'value' = 'up'),
      'down', count(*) filter (where feedback ->> 'value' = 'down')) from recent) as feedback,
    (select json_agg(json_build_object(
        'start', ${rfc3339("listed.slot at time zone 'UTC'")},
        'turns', coalesce(slots.turns, 0), 'failed', coalesce(failed, 0), 'spent', coalesce(money.spent, 0),
        'first_token', coalesce(first_token, '{"p50_ms":null,"p95_ms":null}')) order by listed.slot)
      from generate_series(since at time zone 'UTC', now() at time zone 'UTC', ('1 ' || $2)::interval) as listed (slot)
      left join slots using (slot) left join money using (slot)) as slots,
    coalesce((select json_agg(json_build_object(
        'model', model, 'turns', turns, 'spent', spent, 'first_token', first_token) order by turns desc)
      from (
        select model, count(*) as turns, sum(spent) as spent, ${quantilesOf("first_token_ms")} as first_token
        from recent where status in ('done', 'failed', 'stopped') group by model
      ) as by_model), '[]') as models,
    coalesce((select json_agg(json_build_object('type', error_type, 'count', count) order by count desc, error_type)
      from (select error_type, count(*) as count from recent where error_type is not null group by error_type) as by_type
    ), '[]') as errors,
    coalesce((select json_agg(json_build_object(
        'turn_id', id, 'created_at', ${rfc3339("created_at")}, 'status', status, 'model', model, 'attempts', attempts,
        'duration_ms', duration_ms, 'first_token_ms', first_token_ms) order by duration_ms desc)
      from (
        select * from recent where duration_ms is not null order by duration_ms desc limit 10
      ) as slow), '[]') as slowest,
    (select json_build_object(
      'ready', count(*) filter (where state = 'ready'),
      'reading', count(*) filter (where state in ('uploading', 'reading')),
      'failed', count(*) filter (where state = 'failed'),
      'bytes', coalesce(sum(bytes), 0))
      from documents join document_versions on document_versions.document_id = documents.id
      where deleted_at is null) as documents
  from calendar`;
