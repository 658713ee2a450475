-- Up Migration

-- The form in which texts and searches are compared: without case, accents, vowel points and invisible characters, in
-- normal form C. Without the last step a Hangul syllable or a kana with its mark would be several characters. Quotation
-- marks and dashes become those of a keyboard.
-- lib/conversations/folded-text.ts folds in the same way; a test compares both.
create function folded_text(original text) returns text language sql immutable parallel safe as $$
  select normalize(
    replace(replace(replace(translate(
      lower(regexp_replace(
        normalize(original, NFKD),
        '[\u001f\u00ad\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u2060\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\ufeff]',
        '', 'g')),
      'łøđħŧıς‘’ʼ“”„‐‒–—−', 'lodhtiσ''''''"""-----'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'),
    NFC)
$$;

-- Message and answer, folded, with U+001F between them. Null where lower() gives the same text, as in English, so that
-- such texts are not stored twice.
alter table turns add column folded text;

create function folded_turn(message text, answer text) returns text language sql immutable parallel safe as $$
  select case
    when octet_length(message || answer) = length(message || answer)
      and strpos(message || answer, E'\x1f') = 0 then null
    else folded_text(message) || E'\x1f' || folded_text(answer)
  end
$$;

create function searched_text(turn turns) returns text language sql immutable parallel safe as $$
  select coalesce(turn.folded, lower(turn.input || E'\x1f' || coalesce(turn.result, '')))
$$;

update turns set folded = folded_turn(input, coalesce(result, ''))
where folded_turn(input, coalesce(result, '')) is not null;

-- A trigger, because a generated column would rewrite the table and need the table's size a second time.
create function fold_turn() returns trigger language plpgsql as $$
begin
  new.folded := folded_turn(new.input, coalesce(new.result, ''));
  return new;
end
$$;

create trigger turns_fold before insert or update of input, result on turns
for each row execute function fold_turn();

-- Returns the passage of the original text around the first match of a word: at most 1,600 characters, and the position
-- where the passage begins. Positions in the folded and in the original text differ. So the function tests the likely
-- part first and then the parts around it; usually the first test succeeds.
create function passage_around(original text, folded text, word text, out passage text, out place integer)
language plpgsql immutable parallel safe as $$
declare
  part_length constant integer := 1000;
  -- A word of 100 characters at the end of a part is whole in what lies around it.
  margin constant integer := 300;
  parts constant integer := length(original) / part_length;
  likely constant integer := (strpos(folded, word) - 1)::bigint * parts / greatest(length(folded), 1);
  part integer;
begin
  for distance in 0 .. parts loop
    foreach part in array array[likely - distance, likely + distance] loop
      continue when part < 0 or part > parts;
      place := greatest(1, part * part_length + 1 - margin);
      passage := substr(original, place, part_length + 2 * margin);
      if strpos(folded_text(passage), word) > 0 then return; end if;
    end loop;
  end loop;
  place := 1;
  passage := left(original, part_length);
end
$$;

-- Down Migration

drop function passage_around(text, text, text);
drop trigger turns_fold on turns;
drop function fold_turn();
drop function searched_text(turns);
drop function folded_turn(text, text);
drop function folded_text(text);
alter table turns drop column folded;
