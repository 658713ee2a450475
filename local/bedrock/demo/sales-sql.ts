import type { Comparison } from "./sales-conditions.ts";
import type { SalesQuestion } from "./sales-question.ts";
import { type Dimension, isTime, type Measure } from "./sales-words.ts";

const measureSql: Record<
  Exclude<Measure, "growth" | "customer_list" | "product_list" | "customers_without_order">,
  string
> = {
  revenue: "sum(revenue) as revenue",
  orders: "count(distinct order_id) as orders",
  units: "sum(quantity) as units",
  average_order_value: "round(sum(revenue) / count(distinct order_id), 2) as average_order_value",
  profit: "sum(revenue - quantity * unit_cost) as profit",
  returned_units: "sum(returned_quantity) as returned_units",
  customers: "count(*) as customers",
  products: "count(*) as products",
};

const dimensionSql: Record<Dimension, string> = {
  month: "date_trunc('month', ordered_on)::date as month",
  quarter: "date_trunc('quarter', ordered_on)::date as quarter",
  year: "extract(year from ordered_on)::int as year",
  week: "date_trunc('week', ordered_on)::date as week",
  product: "products.name as product",
  category: "category",
  region: "region",
  country: "country",
  customer: "customers.name as customer",
  segment: "segment",
  channel: "channel",
};

/** Writes the query for the sample sales database. */
export function writeSalesSql(question: SalesQuestion): string {
  const { measure, groupBy, conditions, top, series, isShare } = question;
  if (measure === "growth") return growthSql(question);
  if (measure === "product_list") {
    return "select name, category, list_price\nfrom products\norder by category, name";
  }
  if (measure === "customer_list") {
    return "select name, country, segment, customer_since\nfrom customers\norder by name";
  }
  if (measure === "customers_without_order") return absenceSql(conditions);
  const where = conditions.join(" and ");
  const isByYear = series?.column === "year";
  const dimension =
    groupBy && (isByYear && isTime(groupBy) ? partOfYear(groupBy) : dimensionSql[groupBy]);
  const selected = [
    ...(dimension ? [measure === "customers" ? ofCustomers(dimension) : dimension] : []),
    ...(series ? seriesOf(measureSql[measure], series) : [measureSql[measure]]),
    ...(isShare && dimension && !series ? shareOf(measureSql[measure]) : []),
  ];
  const order = isTime(groupBy) && !top ? "1" : `2 ${top?.isLowest ? "asc" : "desc"}`;
  return [
    `select ${selected.join(", ")}`,
    `from ${sourceOf(question)}`,
    ...(where === "" ? [] : [`where ${measure === "customers" ? ofCustomers(where) : where}`]),
    ...(groupBy ? ["group by 1", `order by ${order}`] : []),
    ...(groupBy && top ? [`limit ${top.count}`] : []),
  ].join("\n");
}

/** Years beside each other have the same months. */
const partOfYear = (unit: Dimension): string => `extract(${unit} from ordered_on)::int as ${unit}`;

function absenceSql(conditions: string[]): string {
  const ofOrders = conditions.filter((condition) => /ordered_on|^channel/u.test(condition));
  const ofCustomers = conditions.filter((condition) => !ofOrders.includes(condition));
  const orders = ["orders.customer_id = customers.customer_id", ...ofOrders].join(" and ");
  return [
    "select name, country, segment, customer_since",
    "from customers",
    `where ${[`not exists (select 1 from orders where ${orders})`, ...ofCustomers].join(" and ")}`,
    "order by name",
  ].join("\n");
}

/** New customers have no order yet that dates them. The last order still ends the time that the data covers. */
const ofCustomers = (part: string): string =>
  part.replaceAll(/(?<!max\()ordered_on/gu, "customer_since");

/** Returns the measure once for each value: a plot shows them as lines beside each other. */
function seriesOf(measure: string, { column, values }: Comparison): string[] {
  const [, expression] = /^((?:sum|count)\(.*\)) as \w+$/u.exec(measure) ?? [];
  if (expression === undefined) return [measure];
  const valueSql = column === "year" ? "extract(year from ordered_on)" : column;
  const literal = (value: string) => (column === "year" ? value : `'${value}'`);
  return values.map(
    (value) => `${expression} filter (where ${valueSql} = ${literal(value)}) as "${value}"`,
  );
}

/** Only what adds up to a whole has parts of it: an order counts for each of its products. */
function shareOf(measure: string): string[] {
  const [, expression] = /^(sum\(.*\)|count\(\*\)) as \w+$/u.exec(measure) ?? [];
  return expression === undefined
    ? []
    : [`round(100 * ${expression} / sum(${expression}) over (), 1) as percent`];
}

/** Compares the same part of each year, because the last year of the data is not complete. */
function growthSql({ conditions }: SalesQuestion): string {
  const more = conditions.filter((condition) => !condition.includes("ordered_on"));
  return [
    "with yearly as (",
    "  select extract(year from ordered_on)::int as year, sum(revenue) as revenue",
    `  from ${sourceOf({ measure: "revenue", groupBy: undefined, series: undefined, conditions: more })}`,
    "  where extract(month from ordered_on) <= (select extract(month from max(ordered_on)) from orders)",
    ...more.map((condition) => `    and ${condition}`),
    "  group by 1",
    ")",
    "select year, revenue, round(100 * (revenue / lag(revenue) over (order by year) - 1), 1) as growth_percent",
    "from yearly",
    "order by year",
  ].join("\n");
}

function sourceOf({
  measure,
  groupBy,
  series,
  conditions,
}: Pick<SalesQuestion, "measure" | "groupBy" | "series" | "conditions">): string {
  if (measure === "customers") return "customers";
  if (measure === "products") return "products";
  const uses = (names: string) =>
    new RegExp(`\\b(?:${names})\\b`, "u").test(
      [groupBy ?? "", series?.column ?? "", measure, ...conditions].join(" "),
    );
  return [
    "order_lines join orders using (order_id)",
    ...(uses("country|region|segment|customer") ? ["join customers using (customer_id)"] : []),
    ...(uses("product|category|profit") ? ["join products using (product_id)"] : []),
  ].join(" ");
}
