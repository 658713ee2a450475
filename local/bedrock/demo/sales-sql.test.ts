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
    "sum(revenue) filter (where region = 'Asia Pacific') as asia_pacific",
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
  "Revenue in May and June 2025",
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
