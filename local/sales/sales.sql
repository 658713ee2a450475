-- A sample sales database: a wholesaler of coffee and tea, 200 customers, 40 products, 20,000 orders over three years. Every
-- number comes from a hash of its row's id and a fixed seed, so each run makes the same data. None of it is real.

-- The tables. Only their owner sees them.
create schema sales_data;

-- From 0 to 1, evenly spread. The same id and salt give the same number.
create function sales_data.chance(id bigint, salt bigint) returns double precision language sql immutable parallel safe
  return (hashint8extended(id, 7919 * salt + 20260101) & 9007199254740991) / 9007199254740992.0;

create table sales_data.products (
  product_id integer primary key,
  name text not null,
  category text not null,
  list_price numeric(10, 2) not null,
  unit_cost numeric(10, 2) not null,
  popularity double precision not null
);
insert into sales_data.products
select row_number() over (), name, category, price,
  round(price * (case category when 'Machines' then 0.68 when 'Gift sets' then 0.55 else 0.6 end
    + 0.1 * sales_data.chance(row_number() over (), 1))::numeric, 2),
  popularity
from (values
  ('House Blend 1 kg', 'Coffee', 18.90, 9.0), ('Espresso Roast 1 kg', 'Coffee', 21.50, 8.5),
  ('Ethiopia Yirgacheffe 500 g', 'Coffee', 14.90, 5.0), ('Colombia Huila 500 g', 'Coffee', 13.50, 5.5),
  ('Sumatra Mandheling 500 g', 'Coffee', 15.20, 3.0), ('Decaf Blend 1 kg', 'Coffee', 22.40, 2.5),
  ('Guatemala Antigua 500 g', 'Coffee', 14.20, 3.5), ('Kenya AA 500 g', 'Coffee', 16.80, 3.0),
  ('Instant Coffee 250 g', 'Coffee', 8.90, 2.0), ('Cold Brew Bags, 12', 'Coffee', 11.90, 3.0),
  ('Earl Grey, 100 bags', 'Tea', 9.80, 4.0), ('Green Sencha 250 g', 'Tea', 12.60, 3.0),
  ('Peppermint, 100 bags', 'Tea', 8.40, 3.5), ('Chamomile, 100 bags', 'Tea', 8.60, 3.0),
  ('Assam 250 g', 'Tea', 10.20, 2.5), ('Rooibos 250 g', 'Tea', 9.40, 2.0),
  ('Jasmine Pearls 100 g', 'Tea', 13.90, 1.5), ('Iced Tea Lemon, 24 bottles', 'Tea', 28.80, 4.0),
  ('Espresso Machine Duo', 'Machines', 1249.00, 0.8), ('Filter Brewer 8 Cup', 'Machines', 189.00, 1.2),
  ('Grinder Pro', 'Machines', 329.00, 1.0), ('Milk Frother', 'Machines', 79.00, 1.5),
  ('Gooseneck Kettle', 'Machines', 64.50, 1.4), ('Vending Unit Compact', 'Machines', 2890.00, 0.2),
  ('French Press 1 l', 'Accessories', 34.90, 2.0), ('Travel Mug', 'Accessories', 24.90, 2.5),
  ('Paper Filters, 1,000', 'Accessories', 14.90, 4.0), ('Cups, set of 6', 'Accessories', 39.90, 1.8),
  ('Descaler 1 l', 'Accessories', 11.90, 2.2), ('Tamper 58 mm', 'Accessories', 29.90, 1.0),
  ('Scale 2 kg', 'Accessories', 49.90, 1.0), ('Cleaning Tablets, 100', 'Accessories', 19.90, 2.4),
  ('Oat Cookies, 24 packs', 'Snacks', 21.60, 3.0), ('Dark Chocolate, 40 bars', 'Snacks', 36.00, 3.2),
  ('Almond Biscotti, 20 packs', 'Snacks', 24.80, 2.4), ('Salted Nuts, 24 packs', 'Snacks', 31.20, 2.2),
  ('Dried Fruit, 24 packs', 'Snacks', 29.50, 1.6),
  ('Tasting Box', 'Gift sets', 39.00, 1.4), ('Winter Gift Set', 'Gift sets', 59.00, 1.2),
  ('Barista Starter Set', 'Gift sets', 149.00, 0.6)
) as product (name, category, price, popularity);

create table sales_data.customers (
  customer_id integer primary key,
  name text not null,
  segment text not null,
  country text not null,
  region text not null,
  customer_since date not null
);
-- The older a customer, the smaller the id. 130 were there at the beginning, 70 came in the three years.
insert into sales_data.customers
select id,
  (array['Alder', 'Birch', 'Cobalt', 'Delta', 'Ember', 'Falcon', 'Granite', 'Harbour', 'Iris', 'Juniper', 'Kestrel',
    'Lantern', 'Maple', 'Nimbus', 'Orchid', 'Pioneer', 'Quartz', 'River', 'Summit', 'Tundra'])[1 + (id * 7) % 20] || ' ' ||
  (array['Trading', 'Foods', 'Outfitters', 'Cafés', 'Stores', 'Hotels', 'Supply', 'Offices', 'Market', 'Partners'])[1 + (id + id / 20) % 10],
  case when sales_data.chance(id, 2) < 0.15 then 'large' when sales_data.chance(id, 2) < 0.5 then 'medium' else 'small' end,
  place[1], place[2],
  case when id <= 130 then date '2023-10-31' - (1 + (130 - id) * 14)
    else date '2023-11-15' + ((id - 131) * 15) end
from generate_series(1, 200) as id, lateral (
  select case
    when chance < 0.20 then array['Germany', 'Europe'] when chance < 0.31 then array['United Kingdom', 'Europe']
    when chance < 0.40 then array['France', 'Europe'] when chance < 0.46 then array['Netherlands', 'Europe']
    when chance < 0.51 then array['Italy', 'Europe'] when chance < 0.55 then array['Poland', 'Europe']
    when chance < 0.73 then array['United States', 'North America'] when chance < 0.79 then array['Canada', 'North America']
    when chance < 0.82 then array['Mexico', 'North America'] when chance < 0.88 then array['Japan', 'Asia Pacific']
    when chance < 0.93 then array['Australia', 'Asia Pacific'] when chance < 0.96 then array['Singapore', 'Asia Pacific']
    else array['Brazil', 'South America'] end as place
  from (select sales_data.chance(id, 3)) as one (chance)
) as placed;

create table sales_data.orders (
  order_id integer primary key,
  customer_id integer not null,
  ordered_on date not null,
  channel text not null,
  shipped_on date not null
);
-- Orders grow by about a fifth a year, peak before Christmas, and rest at weekends.
with days as (
  select date '2023-11-01' + n as day,
    (1 + 0.2 * n / 365) * (array[0.92, 0.90, 0.97, 0.98, 0.99, 0.95, 0.86, 0.84, 1.02, 1.06, 1.28, 1.36])[extract(month from date '2023-11-01' + n)::int]
      * case extract(isodow from date '2023-11-01' + n) when 6 then 0.45 when 7 then 0.3 else 1.1 end as weight
  from generate_series(0, date '2026-10-31' - date '2023-11-01') as n
), shares as (
  select array_agg(share order by day) as shares
  from (select day, sum(weight) over (order by day) / sum(weight) over () as share from days) as cumulated
), dated as (
  select id, least(date '2023-11-01' + width_bucket((id - 0.5) / 20000.0, shares), date '2026-10-31') as day
  from generate_series(1, 20000) as id, shares
)
insert into sales_data.orders
select id,
  -- Old customers order more often than new ones.
  1 + floor((130 + greatest(0, (day - date '2023-11-15') / 15 + case when day >= date '2023-11-15' then 1 else 0 end) - 0.001)
    * power(sales_data.chance(id, 4), 1.35))::int % 200,
  day,
  case when sales_data.chance(id, 5) < 0.52 + 0.12 * (day - date '2023-11-01') / 1096.0 then 'web'
    when sales_data.chance(id, 5) < 0.86 then 'sales team' else 'marketplace' end,
  day + 1 + floor(4 * power(sales_data.chance(id, 6), 2))::int
from dated;

create table sales_data.order_lines (
  order_id integer not null,
  line_number integer not null,
  product_id integer not null,
  quantity integer not null,
  unit_price numeric(10, 2) not null,
  discount_percent integer not null,
  revenue numeric(12, 2) not null,
  returned_quantity integer not null,
  returned_on date,
  primary key (order_id, line_number)
);
with seasons as (
  select month, array_agg(share order by product_id) as shares
  from (
    select month, product_id,
      sum(weight) over (partition by month order by product_id) / sum(weight) over (partition by month) as share
    from (
      select month, product_id, popularity * case
        when name in ('Iced Tea Lemon, 24 bottles', 'Cold Brew Bags, 12')
          then (array[0.3, 0.3, 0.5, 0.9, 1.5, 2.2, 2.6, 2.4, 1.2, 0.6, 0.3, 0.3])[month]
        when category = 'Gift sets' then (array[0.4, 0.7, 0.6, 0.7, 0.9, 0.6, 0.4, 0.5, 0.8, 1.4, 3.0, 4.2])[month]
        when category = 'Tea' then (array[1.3, 1.2, 1.1, 0.9, 0.8, 0.7, 0.6, 0.7, 0.9, 1.1, 1.3, 1.4])[month]
        else 1 end as weight
      from sales_data.products, generate_series(1, 12) as month
    ) as weighted
  ) as cumulated
  group by month
), lines as (
  select order_id, customer_id, ordered_on, line, order_id * 8 + line as id
  from sales_data.orders, generate_series(1, 1 + floor(4 * power(sales_data.chance(order_id, 7), 2))::int) as line
), chosen as (
  select lines.*, 1 + least(width_bucket(sales_data.chance(id, 8), shares), 39) as product_id
  from lines join seasons on month = extract(month from ordered_on)
), counted as (
  select chosen.*, list_price, category,
    case category when 'Machines' then 1 + floor(1.6 * power(sales_data.chance(id, 9), 3))::int
      else 1 + floor((case segment when 'large' then 36 when 'medium' then 16 else 8 end)
        * power(sales_data.chance(id, 9), 1.6))::int end as quantity,
    -- Prices rise by about three percent a year.
    round(list_price * (1 + 0.03 * (ordered_on - date '2026-10-31') / 365.0), 2) as unit_price
  from chosen join sales_data.products using (product_id) join sales_data.customers using (customer_id)
), discounted as (
  select counted.*, case
      when extract(month from ordered_on) = 11 and extract(day from ordered_on) between 22 and 30 then 15
      when quantity >= 24 then 10 when quantity >= 12 then 5
      when sales_data.chance(id, 10) < 0.06 then 20 when sales_data.chance(id, 10) < 0.14 then 10 else 0
    end as discount
  from counted
), returned as (
  select discounted.*, case
      when sales_data.chance(id, 11) < case category when 'Machines' then 0.055 when 'Accessories' then 0.035 else 0.018 end
        then 1 + floor(quantity * sales_data.chance(id, 12))::int else 0
    end as returned,
    ordered_on + 5 + floor(25 * sales_data.chance(id, 13))::int as possible_return
  from discounted
)
insert into sales_data.order_lines
select order_id, line, product_id, quantity, unit_price, discount,
  round(quantity * unit_price * (100 - discount) / 100, 2),
  case when possible_return <= date '2026-10-31' then least(returned, quantity) else 0 end,
  case when returned > 0 and possible_return <= date '2026-10-31' then possible_return end
from returned;

alter table sales_data.orders add foreign key (customer_id) references sales_data.customers;
alter table sales_data.order_lines add foreign key (order_id) references sales_data.orders,
  add foreign key (product_id) references sales_data.products;
create index on sales_data.order_lines (product_id);
create index on sales_data.orders (ordered_on);
analyze sales_data.products, sales_data.customers, sales_data.orders, sales_data.order_lines;

-- The views. Comments are for the model: they say what a column means, its unit and what it refers to.
create schema sales;
comment on schema sales is 'Sample data, generated and not real: a wholesaler of coffee and tea, orders from 2023-11-01 to 2026-10-31. All amounts in EUR.';

create view sales.customers as select * from sales_data.customers;
comment on view sales.customers is 'Sample data. The 200 companies that buy.';
comment on column sales.customers.customer_since is 'Day of the first contract.';
comment on column sales.customers.segment is 'Size of the company.';

create view sales.products as
  select product_id, name, category, list_price, unit_cost from sales_data.products;
comment on view sales.products is 'Sample data. The 40 articles for sale.';
comment on column sales.products.list_price is 'EUR per unit, the price of today.';
comment on column sales.products.unit_cost is 'EUR per unit that we pay.';

create view sales.orders as select * from sales_data.orders;
comment on view sales.orders is 'Sample data. The 20,000 orders. Amounts are in order_lines.';
comment on column sales.orders.customer_id is 'See customers.customer_id.';
comment on column sales.orders.ordered_on is 'Day of the order, from 2023-11-01 to 2026-10-31.';
comment on column sales.orders.channel is 'How the order came.';

create view sales.order_lines as select * from sales_data.order_lines;
comment on view sales.order_lines is 'Sample data. One row for each product of an order. Net revenue is revenue minus refunds.';
comment on column sales.order_lines.order_id is 'See orders.order_id.';
comment on column sales.order_lines.product_id is 'See products.product_id.';
comment on column sales.order_lines.unit_price is 'EUR per unit on the day of the order, before the discount.';
comment on column sales.order_lines.revenue is 'EUR: quantity × unit_price, less the discount. Returns are not subtracted.';
comment on column sales.order_lines.returned_quantity is 'Units that came back, 0 for most lines.';
comment on column sales.order_lines.returned_on is 'Null if nothing came back.';
