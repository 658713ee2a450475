import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openSalesDatabase, type SalesDatabase } from "#test/support/sales-database.ts";

let sales: SalesDatabase;
let owner: pg.Client;
beforeAll(async () => {
  sales = await openSalesDatabase();
  owner = new pg.Client({ connectionString: sales.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await sales.close();
});

async function row(sql: string) {
  const { rows } = await owner.query(sql);
  return rows[0];
}

it("each run makes the same data", async () => {
  const { digest } = await row(
    "select md5(string_agg(l::text, ';' order by order_id, line_number)) as digest from sales_data.order_lines l",
  );
  expect(digest).toBe("5295aeecc5a875546271b7329fe2da77");
});

it("there are 200 customers, 40 products and 20,000 orders over three years", async () => {
  expect(
    await row(`select (select count(*)::int from sales.customers) as customers,
      (select count(distinct name)::int from sales.customers) as names,
      (select count(*)::int from sales.products) as products,
      (select count(distinct customer_id)::int from sales.orders) as buyers,
      count(*)::int as orders, min(ordered_on)::text as first, max(ordered_on)::text as last from sales.orders`),
  ).toEqual({
    ...{ customers: 200, names: 200, products: 40, buyers: 200, orders: 20_000 },
    ...{ first: "2023-11-01", last: "2026-10-31" },
  });
});

it("the numbers hang together", async () => {
  expect(
    await row(`select
      count(*) filter (where revenue <> round(quantity * unit_price * (100 - discount_percent) / 100, 2))::int as wrong_revenue,
      count(*) filter (where returned_quantity > quantity)::int as too_many_returned,
      count(*) filter (where (returned_quantity > 0) <> (returned_on is not null))::int as half_returned,
      count(*) filter (where returned_on <= ordered_on)::int as returned_early,
      count(*) filter (where ordered_on < customer_since)::int as before_contract,
      count(*) filter (where shipped_on <= ordered_on)::int as shipped_early
      from sales.order_lines join sales.orders using (order_id) join sales.customers using (customer_id)`),
  ).toEqual({
    ...{ wrong_revenue: 0, too_many_returned: 0, half_returned: 0, returned_early: 0 },
    ...{ before_contract: 0, shipped_early: 0 },
  });
});

it("sales grow, peak before Christmas, and some goods come back", async () => {
  const seen = await row(`with months as (
      select date_trunc('month', ordered_on) as month, sum(revenue) as revenue
      from sales.orders join sales.order_lines using (order_id) group by 1
    ) select
      (select sum(revenue) from months where month < '2024-11-01') < (select sum(revenue) from months where month >= '2025-11-01') as grows,
      (select revenue from months where month = '2025-12-01') > 1.5 * (select revenue from months where month = '2025-07-01') as peaks,
      (select avg((returned_quantity > 0)::int) between 0.01 and 0.05 from sales.order_lines) as returns`);
  expect(seen).toEqual({ grows: true, peaks: true, returns: true });
});
