/** A query that people really ask, by the part of SQL that it needs. Each must pass both walls and return rows. */
export type HarmlessQuery = readonly [kind: string, sql: string];

export const harmlessQueries: readonly HarmlessQuery[] = [
  ["plain", "select * from customers limit 5"],
  ["plain", "SELECT name, country FROM sales.customers WHERE country = 'Germany' ORDER BY name;"],
  ["plain", "select sales.products.name from sales.products where category ilike 'c%'"],
  ["plain", 'select "name" as "Product name", list_price * 1.19 as "Price with VAT" from products'],
  [
    "plain",
    "-- the dearest\nselect name /* and its price */, list_price from products order by 2 desc limit 1",
  ],
  ["plain", "select distinct region from customers order by region"],
  [
    "plain",
    "select name from products where list_price between 10 and 20 and name not like '%Tea%'",
  ],
  ["plain", "select * from orders where channel in ('web', 'marketplace') offset 10 limit 3"],
  ["plain", "select * from orders fetch first 3 rows only"],
  ["plain", "table products"],
  ["values", "values (1, 'one'), (2, 'two')"],
  [
    "values",
    "select v.id, v.label from (values (1, 'a'), (2, 'b')) as v(id, label) where v.id > 1",
  ],
  ["aggregate", "select count(*) from orders"],
  [
    "aggregate",
    "select sum(revenue) as revenue, avg(quantity)::numeric(10,2) as units from order_lines",
  ],
  [
    "aggregate",
    "select category, count(*), min(list_price), max(list_price) from products group by category having count(*) > 3",
  ],
  [
    "aggregate",
    "select count(distinct customer_id) as buyers from orders where ordered_on >= date '2026-01-01'",
  ],
  [
    "aggregate",
    "select percentile_cont(0.5) within group (order by revenue) as median from order_lines",
  ],
  ["aggregate", "select mode() within group (order by channel) from orders"],
  [
    "aggregate",
    "select country, string_agg(name, ', ' order by name) as customers from customers group by country",
  ],
  ["aggregate", "select country, array_agg(distinct segment) from customers group by 1"],
  ["aggregate", "select stddev(revenue), corr(quantity, revenue) from order_lines"],
  ["aggregate", "select bool_or(returned_quantity > 0), every(quantity > 0) from order_lines"],
  [
    "filter",
    "select count(*) filter (where channel = 'web') as web, count(*) as everything from orders",
  ],
  [
    "filter",
    "select date_trunc('year', ordered_on) as year, sum(revenue) filter (where discount_percent > 0) from orders join order_lines using (order_id) group by 1",
  ],
  [
    "join",
    "select o.order_id, c.name from orders o join customers c on c.customer_id = o.customer_id limit 3",
  ],
  [
    "join",
    "select c.name, count(o.order_id) from customers c left join orders o using (customer_id) group by c.name order by 2 limit 5",
  ],
  [
    "join",
    "select coalesce(a.m, b.m) as month from (select 1 as m) a full join (select 2 as m) b on a.m = b.m",
  ],
  ["join", "select count(*) from customers natural join orders"],
  [
    "join",
    "select p.name, q.name from products p cross join products q where p.product_id < q.product_id limit 3",
  ],
  [
    "join",
    "select p.name, sum(l.revenue) as revenue from order_lines as l, products as p where l.product_id = p.product_id group by p.product_id, p.name order by revenue desc limit 10",
  ],
  ["join", "select j.order_id from (orders join order_lines using (order_id)) as j limit 1"],
  ["join", "select k.order_id from orders join order_lines using (order_id) as k limit 1"],
  [
    "date",
    "select date_trunc('month', o.ordered_on)::date as month, sum(l.revenue) as revenue from orders o join order_lines l using (order_id) group by 1 order by 1",
  ],
  [
    "date",
    "select extract(year from ordered_on) as year, extract(quarter from ordered_on) as quarter, count(*) from orders group by 1, 2 order by 1, 2",
  ],
  [
    "date",
    "select to_char(ordered_on, 'YYYY-MM') as month, count(*) from orders group by month order by month",
  ],
  ["date", "select avg(shipped_on - ordered_on) as days from orders"],
  [
    "date",
    "select max(ordered_on) - interval '30 days', age(max(ordered_on), min(ordered_on)) from orders",
  ],
  ["date", "select current_date, now() at time zone 'Europe/Berlin', localtimestamp(0)"],
  [
    "date",
    "select day::date, extract(isodow from day) from generate_series(date '2026-10-01', date '2026-10-07', interval '1 day') as day",
  ],
  [
    "date",
    "select date_bin('14 days', ordered_on::timestamp, timestamp '2023-11-01') as fortnight, count(*) from orders group by 1 order by 1 limit 3",
  ],
  [
    "date",
    "select make_date(2026, 1, 1) + make_interval(days => 3), to_date('01.02.2026', 'DD.MM.YYYY')",
  ],
  [
    "date",
    "select (date '2026-01-01', date '2026-02-01') overlaps (date '2026-01-15', date '2026-03-01')",
  ],
  [
    "cte",
    "with monthly as (select date_trunc('month', ordered_on) as month, count(*) as orders from orders group by 1) select * from monthly where orders > 600",
  ],
  [
    "cte",
    "with a as (select 1 as x), b as materialized (select x + 1 as y from a) select a.x, b.y from a, b",
  ],
  [
    "cte",
    "with best(id, total) as (select product_id, sum(revenue) from order_lines group by 1 order by 2 desc limit 3) select p.name, best.total from best join products p on p.product_id = best.id",
  ],
  [
    "recursive",
    "with recursive n(i) as (select 1 union all select i + 1 from n where i < 10) select sum(i) from n",
  ],
  [
    "recursive",
    "with recursive months as (select date '2026-01-01' as month union all select (months.month + interval '1 month')::date from months where months.month < '2026-06-01') select month, count(o.order_id) from months left join orders o on date_trunc('month', o.ordered_on) = months.month group by month order by month",
  ],
  [
    "recursive",
    "with recursive t(n, p) as (values (1, 0) union all select n + 1, n from t where n < 5) search depth first by n set ord cycle n set looped using path select t.n, t.ord, t.looped from t",
  ],
  [
    "window",
    "select name, list_price, rank() over (partition by category order by list_price desc) from products",
  ],
  [
    "window",
    "select month, revenue, revenue - lag(revenue) over (order by month) as change from (select date_trunc('month', ordered_on) as month, sum(revenue) as revenue from orders join order_lines using (order_id) group by 1) as m",
  ],
  [
    "window",
    "select ordered_on, sum(count(*)) over (order by ordered_on rows between 6 preceding and current row) as week from orders group by ordered_on order by 1 limit 10",
  ],
  [
    "window",
    "select customer_id, first_value(ordered_on) over w, row_number() over w from orders window w as (partition by customer_id order by ordered_on) limit 5",
  ],
  [
    "window",
    "select name, ntile(4) over (order by list_price), round(100 * list_price / sum(list_price) over (), 1) as share from products",
  ],
  [
    "distinct on",
    "select distinct on (category) category, name, list_price from products order by category, list_price desc",
  ],
  [
    "grouping sets",
    "select region, country, count(*) from customers group by rollup (region, country)",
  ],
  [
    "grouping sets",
    "select region, segment, count(*), grouping(region, segment) from customers group by cube (region, segment)",
  ],
  [
    "grouping sets",
    "select channel, extract(year from ordered_on), count(*) from orders group by grouping sets ((channel), (extract(year from ordered_on)), ())",
  ],
  [
    "lateral",
    "select c.name, o.ordered_on from customers c cross join lateral (select ordered_on from orders where orders.customer_id = c.customer_id order by ordered_on desc limit 2) as o limit 6",
  ],
  [
    "lateral",
    "select p.name, word from products p, unnest(string_to_array(p.name, ' ')) as word limit 5",
  ],
  [
    "lateral",
    "select p.product_id, w.word, w.place from products p left join lateral unnest(regexp_split_to_array(p.name, ' ')) with ordinality as w(word, place) on true limit 5",
  ],
  [
    "subquery",
    "select name from customers c where exists (select from orders o where o.customer_id = c.customer_id and o.channel = 'marketplace')",
  ],
  [
    "subquery",
    "select name from products where product_id not in (select product_id from order_lines where quantity > 30)",
  ],
  [
    "subquery",
    "select name, (select count(*) from orders o where o.customer_id = c.customer_id) as orders from customers c order by orders desc limit 3",
  ],
  ["subquery", "select * from products where list_price > (select avg(list_price) from products)"],
  [
    "subquery",
    "select name from products where list_price >= all (select list_price from products)",
  ],
  ["subquery", "select array(select name from products order by list_price desc limit 3)"],
  [
    "case",
    "select case when list_price < 20 then 'cheap' when list_price < 100 then 'middle' else 'dear' end as class, count(*) from products group by 1",
  ],
  [
    "case",
    "select segment, case region when 'Europe' then 'home' else 'abroad' end from customers group by 1, 2",
  ],
  [
    "case",
    "select coalesce(max(returned_on)::text, 'never'), nullif(sum(returned_quantity), 0), greatest(1, 2), least(3, null) from order_lines",
  ],
  [
    "set operation",
    "select name from customers where region = 'Europe' union all select name from products order by name limit 5",
  ],
  [
    "set operation",
    "select customer_id from orders where ordered_on < '2024-01-01' except select customer_id from orders where ordered_on > '2026-10-30'",
  ],
  ["set operation", "(select 1 as n) intersect (select 1) order by n"],
  [
    "text",
    "select upper(left(name, 3)), length(name), replace(name, ' ', '-'), split_part(name, ' ', 1), trim(both 'x' from 'xax') from products limit 3",
  ],
  ["text", "select name from products where name ~* 'bag|pack' and name similar to '%(B|P)%'"],
  [
    "text",
    "select format('%s costs %s', name, list_price), substring(name from 1 for 4), position(' ' in name), name || '!' from products limit 2",
  ],
  ["json", "select json_build_object('name', name, 'price', list_price) from products limit 2"],
  ["json", "select json_agg(t) from (select name, category from products limit 2) as t"],
  ["json", "select row_to_json(c), to_jsonb(c) ->> 'country' from customers c limit 1"],
  ["json", 'select e.key, e.value from jsonb_each_text(\'{"a": 1, "b": 2}\'::jsonb) as e'],
  ["json", 'select x.a, x.b from json_to_recordset(\'[{"a": 1, "b": "t"}]\') as x(a int, b text)'],
  ["json", "select (jsonb_each(to_jsonb(p))).key from products p limit 3"],
  [
    "json",
    "select jsonb_path_query_first('{\"a\": [1, 2]}', '$.a[1]'), '[1, 2]'::jsonb @> '1', json_object('a': 1), json_array(1, 2)",
  ],
  [
    "json",
    "select jt.id from json_table('[{\"id\": 1}]'::jsonb, '$[*]' columns (id int path '$.id')) as jt",
  ],
  [
    "mathematics",
    "select round(sqrt(2)::numeric, 3), power(2, 10), mod(7, 3), 7 % 3, ln(10), abs(-1), 2 ^ 3, width_bucket(5, 0, 10, 5)",
  ],
  [
    "types",
    "select 1::bigint, cast('2026-01-01' as timestamptz), '1.5'::numeric(5,2), (array[1, 2])[1], row(1, 'a'), true is not false, 'a' collate \"C\"",
  ],
];
