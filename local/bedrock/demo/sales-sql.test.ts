import { expect, test } from "vitest";
import { readSalesQuestion } from "./sales-question.ts";
import { writeSalesSql } from "./sales-sql.ts";

/** The query without line breaks. */
function sqlFor(text: string, ...before: string[]): string | undefined {
  const question = readSalesQuestion(text, before);
  return question && writeSalesSql(question).replaceAll(/\s+/g, " ");
}

test.each([
  [
    "Draw a chart of sales by month",
    "date_trunc('month', ordered_on)::date as month, sum(revenue)",
  ],
  ["Top 3 customers by revenue", "order by 2 desc limit 3"],
  ["worst 5 products", "order by 2 asc limit 5"],
  ["How many orders in March 2026?", "extract(month from ordered_on) = 3"],
  ["Umsatz im letzten Jahr", "- interval '1 year'"],
  ["Sales in the last 6 months", "date_trunc('months', ordered_on) >"],
  ["revenue in Europe in Q2 2025", "extract(quarter from ordered_on) = 2 and region = 'Europe'"],
  ["Revenue in the US by month", "where country = 'United States'"],
  ["Umsatz in den USA", "where country = 'United States'"],
  ["Wie viele Kunden haben wir in Deutschland?", "from customers where country = 'Germany'"],
])("“%s” asks for %s", (text, part) => {
  expect(sqlFor(text)).toContain(part);
});

test.each([
  ["Compare sales in 2024 and 2025", "year from ordered_on) in (2024, 2025) group by 1"],
  ["compare 2024 and 2025", "extract(year from ordered_on)::int as year, sum(revenue)"],
  [
    "Sales 2024 vs 2025 by month",
    `extract(month from ordered_on)::int as month, sum(revenue) filter (where extract(year from ordered_on) = 2024) as "2024"`,
  ],
  ["Average order value by month, 2024 and 2025", "date_trunc('month', ordered_on)::date as month"],
  ["Compare revenue by region in 2024 and 2025", `select region, sum(revenue) filter`],
  [
    "Revenue in May and June 2025",
    "= 2025 and extract(month from ordered_on) in (5, 6) group by 1",
  ],
  ["Umsatz im Mai und Juni 2025", "extract(month from ordered_on) in (5, 6)"],
  ["Orders in Q1 and Q2 2025", "extract(quarter from ordered_on) in (1, 2) group by 1"],
  ["How many orders in Q1 2024 and Q1 2025?", "in (2024, 2025) and extract(quarter"],
  ["Compare Germany and France by month", "filter (where country = 'France') as \"France\""],
  [
    "Which customers did not order in 2025?",
    "from customers where not exists (select 1 from orders where orders.customer_id = customers.customer_id and extract(year from ordered_on) = 2025) order by name",
  ],
  [
    "How many new customers last month?",
    "date_trunc('month', customer_since) = date_trunc('month', (select max(ordered_on) from orders))",
  ],
  ["Which customers didn't order in 2025?", "where not exists (select 1 from orders"],
  [
    "How many new customers in 2025?",
    "from customers where extract(year from customer_since) = 2025",
  ],
  ["Welche Kunden in Italien haben 2025 nichts bestellt?", ") and country = 'Italy' order by"],
])("“%s” keeps all that it names: %s", (text, part) => {
  expect(sqlFor(text)).toContain(part);
});

test("a follow-up has the title of the question that it adds to", () => {
  const asked = ["Revenue by country?"];
  const titleOf = (text: string, ...before: string[]) => readSalesQuestion(text, before)?.title;
  expect(titleOf("Revenue by country?")).toBe("Revenue by country");
  expect(titleOf("in percent", ...asked)).toBe("Revenue by country – in percent");
  expect(titleOf("as a pie chart", ...asked)).toBe("Revenue by country");
  expect(titleOf("und in Italien?", "x".repeat(200), "Umsatz 2025")).toBe(
    "Umsatz 2025 – und in Italien",
  );
  expect(titleOf(`Revenue by country ${"x".repeat(200)}`)).toHaveLength(120);
});

test("a follow-up with another year ends the comparison of two", () => {
  const sql = sqlFor("and in 2026?", "Sales 2024 vs 2025 by month");
  expect(sql).toContain("= 2026");
  expect(sql).not.toContain("2025");
});

test("the word “us” is no country", () => {
  expect(sqlFor("Show us the revenue by month")).not.toContain("country");
});

test("a follow-up keeps what it does not name", () => {
  const sql = sqlFor("and in Italy?", "Sales in France in 2025 by month");
  expect(sql).toContain("= 2025 and country = 'Italy'");
  expect(sql).toContain("group by 1");
  expect(sqlFor("And by quarter?", "What is my name?")).toBeUndefined();
});

test("a follow-up adds to the follow-up before it", () => {
  const asked = ["How many customers do we have?", "and by country?"];
  expect(readSalesQuestion("as a pie chart", asked)).toMatchObject({
    groupBy: "country",
    plot: "bar",
  });
  expect(readSalesQuestion("als Liniendiagramm", asked)?.plot).toBe("line");
  expect(sqlFor("which of them is the biggest?", ...asked)).toContain("order by 2 desc limit");
  expect(sqlFor("in percent", ...asked)).toContain(
    "round(100 * count(*) / sum(count(*)) over (), 1) as percent",
  );
  expect(sqlFor("in percent", asked[0] ?? "")).toBeUndefined();
  expect(sqlFor("as a line chart", ...asked, "Hi", "thanks", "Which day is it?")).toBeUndefined();
});

test.each([
  ["How many orders yesterday?", "where ordered_on = (select max(ordered_on) from orders) - 1"],
  ["Umsatz seit 2025", "extract(year from ordered_on) >= 2025"],
  [
    "Sales by month and region as a line chart",
    "sum(revenue) filter (where region = 'Asia Pacific') as \"Asia Pacific\"",
  ],
])("“%s” keeps its condition: %s", (text, part) => {
  expect(sqlFor(text)).toContain(part);
});

test.each([
  "Revenue on 5 March 2026",
  "Revenue on March 5",
  "Sales between 2024 and 2025",
  "Sales before 2025",
  "How many orders last Monday?",
  "Revenue in May 2024 and June 2025",
  "Sales from 2024 to 2026",
  "Revenue May to July 2025",
  "Top 5 customers 2024 vs 2025",
  "Sales this year vs last year",
  "Revenue in the first and second quarter of 2025",
  "Share of revenue by region 2024 vs 2025",
  "How many customers in 2024?",
  "Don't show sales in Germany",
  "Revenue by country without Germany",
  "Which customers did not order coffee in 2025?",
  "Revenue by region and category",
  "Average order value by month and region",
])("“%s” asks for more than the rules can, so no query answers half of it", (text) => {
  expect(sqlFor(text)).toBeUndefined();
});

test("a count of different orders is no part of a whole", () => {
  expect(sqlFor("orders by product in percent")).not.toContain("percent");
});

test.each([
  "What is my name?",
  "How do I order a coffee?",
  "Tell me about your customers' privacy",
  "What does the documentation say about tools?",
  "Is it in order?",
])("“%s” is no question about sales", (text) => {
  expect(sqlFor(text)).toBeUndefined();
});
