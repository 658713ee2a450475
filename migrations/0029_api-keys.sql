-- Up Migration

-- Keys of programs. A key acts as its owner.
create table api_keys (
  -- The part of the key that its holder may show.
  id           text primary key check (id ~ '^[0-9a-z]{12}$'),
  owner        text not null,
  name         text not null,
  -- SHA-256 of the whole key. The key itself is stored nowhere.
  key_hash     bytea not null,
  scopes       text[] not null,
  -- What the turns of the key may cost in a day, in whole microdollars. Null: the owner's budget alone bounds them.
  daily_cap    bigint check (daily_cap > 0),
  created_at   timestamptz not null default now(),
  -- Exact to the hour.
  last_used_at timestamptz,
  -- The row stays for a while: turns that were accepted before go on under the key's budget.
  revoked_at   timestamptz
);

create index api_keys_of_owner on api_keys (owner, created_at);

-- The key that started the turn counts its cost, too. Its budget has the scope 'key/day ' and the key's id.
alter table bookings add column key_id text;

drop function move_money(text, date, bigint, bigint);

-- Changes the budgets of an owner's day, and of the key's if the money belongs to a key. The caller holds the lock of the money.
create function move_money(owner text, day date, settled bigint, reserved bigint, key text) returns void language plpgsql as $$
begin
  update budgets set settled = budgets.settled + move_money.settled, reserved = budgets.reserved + move_money.reserved
    where scope = 'site/month' and period = date_trunc('month', day)::date;
  update budgets set settled = budgets.settled + move_money.settled, reserved = budgets.reserved + move_money.reserved
    where scope = 'site/day' and period = day;
  update budgets set settled = budgets.settled + move_money.settled, reserved = budgets.reserved + move_money.reserved
    where scope = 'owner/day ' || owner and period = day;
  if key is not null then
    update budgets set settled = budgets.settled + move_money.settled, reserved = budgets.reserved + move_money.reserved
      where scope = 'key/day ' || key and period = day;
  end if;
end
$$;

-- As migration 0009 says, and the key's budget changes with the others.
create or replace function settle_booking(turn uuid, attempt integer, amount bigint, is_estimated boolean, usage json)
returns void language plpgsql as $$
declare
  booking bookings;
begin
  perform lock_money();
  select * into booking from bookings
    where bookings.turn_id = turn and bookings.attempt = settle_booking.attempt for update;
  if not found or booking.state = 'settled' or (booking.state = 'estimated' and is_estimated) then
    return;
  end if;
  perform move_money(
    booking.owner, booking.day,
    amount - case when booking.state = 'estimated' then booking.spent else 0 end,
    case when booking.state = 'open' then -booking.reserved else 0 end,
    booking.key_id);
  update bookings set
    state = case when is_estimated then 'estimated' else 'settled' end,
    spent = amount, in_flight = 0, usage = settle_booking.usage
  where bookings.turn_id = turn and bookings.attempt = settle_booking.attempt;
end
$$;

-- As migration 0010 says, and the key's budget changes with the others.
create or replace function settle_silent(booking bookings) returns void language plpgsql as $$
begin
  if booking.has_begun then
    perform settle_booking(
      booking.turn_id, booking.attempt,
      least(booking.reserved, booking.spent + booking.in_flight + booking.call_worst), true, null);
    return;
  end if;
  perform lock_money();
  delete from bookings
    where turn_id = booking.turn_id and attempt = booking.attempt and state = 'open' and not has_begun;
  if found then
    perform move_money(booking.owner, booking.day, 0, -booking.reserved, booking.key_id);
  end if;
end
$$;

-- As migration 0009 says. The money of a turn that a key has started is reserved in the key's budget too.
create or replace function reserve_budget(
  turn uuid, attempt integer, owner text, turn_cap bigint, turn_worst bigint, call_worst bigint,
  site_month_cap bigint, site_day_cap bigint, owner_day_cap bigint,
  out amount bigint, out refused_by text, out resets_at timestamptz
) language plpgsql as $$
declare
  today constant date := (now() at time zone 'UTC')::date;
  month constant date := date_trunc('month', today)::date;
  key text;
  key_day_cap bigint;
begin
  select bookings.reserved into amount from bookings
    where bookings.turn_id = turn and bookings.attempt = reserve_budget.attempt;
  if found then return; end if;

  select turns.key_id, api_keys.daily_cap into key, key_day_cap
    from turns left join api_keys on api_keys.id = turns.key_id where turns.id = turn;
  perform lock_money();
  perform settle_turn(turn);                           -- an earlier attempt whose runner died
  amount := greatest(0, least(turn_worst, turn_cap - coalesce(
    (select sum(spent) from bookings where bookings.turn_id = turn and bookings.attempt > 0), 0)));

  insert into budgets (scope, period)
    select scope, period from (values
      ('site/month', month), ('site/day', today), ('owner/day ' || owner, today), ('key/day ' || key, today)) as scopes (scope, period)
    where scope is not null
    on conflict do nothing;
  for round in 1 .. 2 loop
    select split_part(scope, ' ', 1) into refused_by
      from (values
        ('key/day ' || key, today, key_day_cap, 0),
        ('owner/day ' || owner, today, owner_day_cap, 1),
        ('site/day', today, site_day_cap, 2),
        ('site/month', month, site_month_cap, 3)) as caps (scope, period, cap, rank)
      join budgets using (scope, period)
      where settled + reserved + amount > cap and amount > 0
      order by rank desc limit 1;
    exit when refused_by is null;
    if round = 1 then perform settle_abandoned(month); end if;
  end loop;
  if refused_by is not null then
    amount := 0;
    resets_at := (case when refused_by = 'site/month' then month + interval '1 month' else today + interval '1 day' end)
      at time zone 'UTC';
    return;
  end if;
  insert into bookings (turn_id, attempt, owner, day, reserved, call_worst, key_id)
    values (turn, attempt, owner, today, amount, call_worst, key);
  perform move_money(owner, today, 0, amount, key);
end
$$;

-- Down Migration

drop function move_money(text, date, bigint, bigint, text);

create function move_money(owner text, day date, settled bigint, reserved bigint) returns void language plpgsql as $$
begin
  update budgets set settled = budgets.settled + move_money.settled, reserved = budgets.reserved + move_money.reserved
    where scope = 'site/month' and period = date_trunc('month', day)::date;
  update budgets set settled = budgets.settled + move_money.settled, reserved = budgets.reserved + move_money.reserved
    where scope = 'site/day' and period = day;
  update budgets set settled = budgets.settled + move_money.settled, reserved = budgets.reserved + move_money.reserved
    where scope = 'owner/day ' || owner and period = day;
end
$$;

create or replace function settle_booking(turn uuid, attempt integer, amount bigint, is_estimated boolean, usage json)
returns void language plpgsql as $$
declare
  booking bookings;
begin
  perform lock_money();
  select * into booking from bookings
    where bookings.turn_id = turn and bookings.attempt = settle_booking.attempt for update;
  if not found or booking.state = 'settled' or (booking.state = 'estimated' and is_estimated) then
    return;
  end if;
  perform move_money(
    booking.owner, booking.day,
    amount - case when booking.state = 'estimated' then booking.spent else 0 end,
    case when booking.state = 'open' then -booking.reserved else 0 end);
  update bookings set
    state = case when is_estimated then 'estimated' else 'settled' end,
    spent = amount, in_flight = 0, usage = settle_booking.usage
  where bookings.turn_id = turn and bookings.attempt = settle_booking.attempt;
end
$$;

create or replace function settle_silent(booking bookings) returns void language plpgsql as $$
begin
  if booking.has_begun then
    perform settle_booking(
      booking.turn_id, booking.attempt,
      least(booking.reserved, booking.spent + booking.in_flight + booking.call_worst), true, null);
    return;
  end if;
  perform lock_money();
  delete from bookings
    where turn_id = booking.turn_id and attempt = booking.attempt and state = 'open' and not has_begun;
  if found then
    perform move_money(booking.owner, booking.day, 0, -booking.reserved);
  end if;
end
$$;

create or replace function reserve_budget(
  turn uuid, attempt integer, owner text, turn_cap bigint, turn_worst bigint, call_worst bigint,
  site_month_cap bigint, site_day_cap bigint, owner_day_cap bigint,
  out amount bigint, out refused_by text, out resets_at timestamptz
) language plpgsql as $$
declare
  today constant date := (now() at time zone 'UTC')::date;
  month constant date := date_trunc('month', today)::date;
begin
  select bookings.reserved into amount from bookings
    where bookings.turn_id = turn and bookings.attempt = reserve_budget.attempt;
  if found then return; end if;

  perform lock_money();
  perform settle_turn(turn);                           -- an earlier attempt whose runner died
  amount := greatest(0, least(turn_worst, turn_cap - coalesce(
    (select sum(spent) from bookings where bookings.turn_id = turn and bookings.attempt > 0), 0)));

  insert into budgets (scope, period)
    values ('site/month', month), ('site/day', today), ('owner/day ' || owner, today)
    on conflict do nothing;
  for round in 1 .. 2 loop
    select case when scope like 'owner/day %' then 'owner/day' else scope end into refused_by
      from (values
        ('owner/day ' || owner, today, owner_day_cap, 1),
        ('site/day', today, site_day_cap, 2),
        ('site/month', month, site_month_cap, 3)) as caps (scope, period, cap, rank)
      join budgets using (scope, period)
      where settled + reserved + amount > cap and amount > 0
      order by rank desc limit 1;
    exit when refused_by is null;
    if round = 1 then perform settle_abandoned(month); end if;
  end loop;
  if refused_by is not null then
    amount := 0;
    resets_at := (case when refused_by = 'site/month' then month + interval '1 month' else today + interval '1 day' end)
      at time zone 'UTC';
    return;
  end if;
  perform move_money(owner, today, 0, amount);
  insert into bookings (turn_id, attempt, owner, day, reserved, call_worst)
    values (turn, attempt, owner, today, amount, call_worst);
end
$$;

delete from budgets where scope like 'key/day %';
alter table bookings drop column key_id;
drop table api_keys;
