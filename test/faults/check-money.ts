import type pg from "pg";
import type { BedrockServer } from "#local/bedrock/server.ts";

/** Microdollars of one token of the twin's model in the fault tests. */
const price = { input: 1, output: 5 };

/** The settings that give the twin's model its price. A call with a full thread may cost 0.7 USD at most. */
export const pricedModel = {
  BEDROCK_PRICES: JSON.stringify({ "demo-model": price }),
  BUDGET_TURN_USD: "1",
  BUDGET_OWNER_DAY_USD: "100000",
  BUDGET_SITE_DAY_USD: "100000",
  BUDGET_SITE_MONTH_USD: "100000",
};

export interface MoneyFindings {
  /** What the model was asked for, as AWS would bill it, in microdollars. */
  billed: number;
  /** What the budgets say was spent. */
  settled: number;
  /** What is still reserved for turns that nobody has ended. */
  reserved: number;
  /** Attempts whose exact cost nobody knows. */
  estimated: number;
  /** Attempts that have cost more than a turn may. */
  overCap: number;
  details: string[];
}

/** Holds the bill of the model against the budgets and the bookings. */
export async function checkMoney(
  { billed: tokens }: Pick<BedrockServer, "billed">,
  pool: pg.Pool,
): Promise<MoneyFindings> {
  const billed = tokens.inputTokens * price.input + tokens.outputTokens * price.output;
  const { rows } = await pool.query<Record<string, number>>(
    `
    select
      (select coalesce(sum(settled), 0) from budgets where scope = 'site/month')::float as month,
      (select coalesce(sum(settled), 0) from budgets where scope = 'site/day')::float as day,
      (select coalesce(sum(settled), 0) from budgets where scope like 'owner/day %')::float as owners,
      (select coalesce(sum(reserved), 0) from budgets where scope = 'site/month')::float as reserved,
      coalesce(sum(spent) filter (where state <> 'open'), 0)::float as booked,
      coalesce(sum(bookings.reserved) filter (where state = 'open'), 0)::float as held,
      coalesce(sum(least(bookings.reserved, spent + in_flight + call_worst)) filter (where state = 'open'), 0)::float as open,
      count(*) filter (where state <> 'settled')::float as inexact,
      count(*) filter (where spent > $1)::float as over
    from bookings`,
    [Number(pricedModel.BUDGET_TURN_USD) * 1_000_000],
  );
  const found = rows[0] as Record<string, number>;
  const {
    month = 0,
    day,
    owners,
    reserved = 0,
    booked,
    held,
    open = 0,
    inexact = 0,
    over = 0,
  } = found;
  const details: string[] = [];
  const expectThat = (isTrue: boolean, sentence: string) => {
    if (!isTrue) details.push(`${sentence}: ${JSON.stringify({ billed, ...found })}`);
  };
  expectThat(month === day && month === owners, "the three budgets differ");
  expectThat(month === booked, "the budgets are not the sum of the bookings");
  expectThat(reserved === held, "the budgets hold another amount than the open bookings");
  expectThat(billed <= month + open, "more was billed than is booked");
  expectThat(over === 0, "an attempt has cost more than a turn may");
  if (inexact === 0)
    expectThat(billed === month, "every runner told its cost, and it is not the bill");
  return { billed, settled: month, reserved, estimated: inexact, overCap: over, details };
}
