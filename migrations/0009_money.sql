-- Up Migration

-- What a scope has spent in a period, and what its running turns may still spend. All amounts are whole microdollars.
create table budgets (
  -- 'site/month', 'site/day', or 'owner/day ' and the owner
  scope    text not null,
  -- The first day of the period, in UTC.
  period   date not null,
  settled  bigint not null default 0 check (settled >= 0),
  reserved bigint not null default 0 check (reserved >= 0),
  primary key (scope, period)
);

-- The money of one attempt of a turn. A booking outlives its turn, because what was spent stays spent.
create table bookings (
  turn_id    uuid not null,
  -- The turn's attempt. 0 is the summary that is written after the turn.
  attempt    integer not null check (attempt >= 0),
  owner      text not null,
  -- The day of the claim, in UTC. The money counts in this day and its month, however late it is settled.
  day        date not null,
  reserved   bigint not null check (reserved >= 0),
  -- The most that one model call can cost.
  call_worst bigint not null check (call_worst >= 0),
  -- While open: what the last beat knew. Afterwards: what the attempt has cost.
  spent      bigint not null default 0 check (spent >= 0),
  -- The most that the running model call can cost, as the last beat knew it.
  in_flight  bigint not null default 0 check (in_flight >= 0),
  -- estimated: no runner has told the exact cost, which is at most `spent`.
  state      text not null default 'open' check (state in ('open', 'estimated', 'settled')),
  -- Tokens by kind, as in turns.usage, without the kinds that have none. Null if no runner has told them.
  usage      json,
  primary key (turn_id, attempt)
);

create index bookings_open on bookings (day) where state = 'open';
create index bookings_of_owner on bookings (owner, day);

-- Lets transactions that change bookings' states or budgets run one after the other. Each takes this lock after the locks of
-- owners and conversations, and before the rows of bookings and budgets. The rows alone have no order that suits everybody:
-- a take-over settles yesterday's booking before it begins the rows of today.
create function lock_money() returns void language sql as $$
  select pg_advisory_xact_lock(hashtextextended('lock_money', 0))
$$;

-- Changes the three budgets of an owner's day. The caller holds the lock of the money.
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

-- Books what an attempt has cost, and gives the rest of its reservation back. An exact amount replaces an estimate;
-- nothing replaces an exact amount. So a runner may send its amount again, and may send it too late.
create function settle_booking(turn uuid, attempt integer, amount bigint, is_estimated boolean, usage json)
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

-- Settles an attempt whose runner can no longer say what it has spent. Since its last beat the running call may have ended
-- and one more call may have begun.
create function settle_silent(booking bookings) returns void language sql as $$
  select settle_booking(
    booking.turn_id, booking.attempt,
    least(booking.reserved, booking.spent + booking.in_flight + booking.call_worst), true, null)
$$;

create function settle_turn(turn uuid) returns void language plpgsql as $$
begin
  perform settle_silent(bookings) from bookings where turn_id = turn and state = 'open';
end
$$;

-- A trigger settles, so that no statement which ends or deletes a turn can forget to. The statement that stores a runner's
-- own end settles the exact amount first.
create function settle_ended_turn() returns trigger language plpgsql as $$
begin
  perform settle_turn(old.id);
  return null;
end
$$;

create trigger turns_settle_at_end after update of status on turns
for each row when (old.finished_at is null and new.finished_at is not null) execute function settle_ended_turn();

create trigger turns_settle_at_deletion after delete on turns
for each row execute function settle_ended_turn();

-- Settles the open bookings of this month that no live runner holds. A runner may be slow instead of dead: its lease is
-- revoked, so that it cannot go on with money that it no longer has. Skips what another transaction has locked: whoever holds
-- a conversation may wait for the money.
create function settle_abandoned(month date) returns void language plpgsql as $$
declare
  booking bookings;
  turn turns;
begin
  for booking in
    select * from bookings where state = 'open' and day >= month for update skip locked
  loop
    select * into turn from turns where id = booking.turn_id;
    if found and turn.status = 'running' and turn.attempts = booking.attempt then
      update conversations set fence = fence + 1, lease_until = null
        where id = (
          select id from conversations
          where id = turn.conversation_id and (lease_until is null or lease_until <= now())
          for update skip locked);
      continue when not found;
    end if;
    perform settle_silent(booking);
  end loop;
end
$$;

-- Reserves the money of an attempt in all three budgets, or in none. Returns the scope that cannot cover it, and when the
-- scope's next period begins; or null and the reserved amount. The same attempt reserves once.
--
-- `turn_cap` is the most that a turn may cost with all its attempts, `turn_worst` the most that it can cost.
create function reserve_budget(
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

-- Down Migration

drop trigger turns_settle_at_deletion on turns;
drop trigger turns_settle_at_end on turns;
drop function settle_ended_turn();
drop function reserve_budget(uuid, integer, text, bigint, bigint, bigint, bigint, bigint, bigint);
drop function settle_abandoned(date);
drop function settle_turn(uuid);
drop function settle_silent(bookings);
drop function settle_booking(uuid, integer, bigint, boolean, json);
drop function move_money(text, date, bigint, bigint);
drop function lock_money();
drop table bookings;
drop table budgets;
