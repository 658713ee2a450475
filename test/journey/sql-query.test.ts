import { expect, it } from "vitest";
import { answerWith, callTools } from "#local/bedrock/script.ts";
import { readAll } from "#test/support/chat-client.ts";
import { openTwin } from "#test/support/open-twin.ts";

const { twin, logIn } = await openTwin();

it("a query returns the sample sales as a table, labelled as sample data", async () => {
  const client = await logIn();
  const sql = `select category, sum(revenue) as revenue, count(distinct order_id) as orders
    from order_lines join products using (product_id) group by category order by revenue desc;`;
  twin.parts.bedrock.script.add(
    callTools([{ name: "sql_query", input: { sql, plot: "bar", title: "Revenue by category" } }]),
    answerWith("Coffee sells best."),
  );

  const events = await readAll(await client.stream("Which category sells best?"));

  const call = events.findLast((event) => event.event === "tool")?.data;
  expect(call).toMatchObject({ name: "sql_query", state: "done", effect: "external_read" });
  expect(call?.output).toMatch(/^6 rows from the schema sales \(Sample data, generated/);
  expect(call?.table?.columns).toEqual([
    { name: "category", type: "text" },
    { name: "revenue", type: "number" },
    { name: "orders", type: "number" },
  ]);
  expect(call?.table?.rows[0]?.[0]).toBe("Coffee");
  expect(call?.table).toMatchObject({ total_rows: 6, is_cut: false });
});

it("a refused query tells the model what exists", async () => {
  const client = await logIn();
  twin.parts.bedrock.script.add(
    callTools([{ name: "sql_query", input: { sql: "select * from sale" } }]),
    answerWith("There is no such view."),
  );

  const events = await readAll(await client.stream("Show the sale."));

  const call = events.findLast((event) => event.event === "tool")?.data;
  expect(call).toMatchObject({ name: "sql_query", state: "failed" });
  expect(call?.output).toContain("The views are: customers, order_lines, orders, products.");
});
