-- Up Migration

-- The search side of documents: the words and the vectors of each chunk, and the function that ranks chunks by both.
-- docs/search.md explains the ranking, and has the figures that led to it.

-- ------------------------------------------------------------------------------------------------------------- Words

-- Returns the text with a space for each sign that is neither letter nor digit, so that PostgreSQL's parser sees plain words.
-- The parser would take "Node.js" for a host, "a/b" for a path, "<b>" for a tag, and the hyphen in "INV-0042" for a minus.
-- Scripts without spaces become overlapping pairs of characters, because the parser takes a run of them for one word.
create function search_words(original text) returns text language plpgsql immutable parallel safe as $$
declare
  unspaced constant text := '[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]';
  words constant text := regexp_replace(replace(normalize(original, NFKC), E'\u00ad', ''),
    '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u2000-\u200b\u200e-\u206f\u20a0-\u20cf\u2100-\u2bff\u3000-\u3004\u3008-\u3020\u3030\u30fb]+',
    ' ', 'g');
begin
  if words !~ unspaced then return words; end if;
  return (
    select string_agg(
      case when letter !~ unspaced then letter
        when next ~ unspaced then ' ' || letter || next || ' '
        else ' ' || letter || ' ' end, '' order by place)
    from (
      select letter, place, lead(letter) over (order by place) as next
      from string_to_table(words, null) with ordinality as letters (letter, place)
    ) letters);
end
$$;

-- Returns each code of a text in lower case, as often as it occurs: a run of letters and digits that has a digit, a sign
-- inside, + or # at its end, or two capitals in a row. INV-0042, 2.1, 2024-10-05, Node.js, AT&T, C++, IT, DOCUMENT_BUCKET.
-- A hyphen alone makes no code: "well-kept" is two words.
create function search_codes(original text) returns setof text language sql immutable parallel safe as $$
  select lower(code) from (
    select (regexp_matches(normalize(original, NFKC),
      '[[:alnum:]]+(?:[-._/:&@+#][[:alnum:]]+)*(?:\+\+|#(?![[:alnum:]]))?', 'g'))[1] as code
  ) codes
  where length(code) <= 64 and code ~ '[0-9]|[[:alnum:]][._/:&@+#][[:alnum:]]|[+#]$|[[:upper:]][[:upper:]]'
$$;

-- The text search configuration of a document's language.
create function search_configuration(language text) returns regconfig language sql stable as $$
  select coalesce((select oid from pg_ts_config where cfgname = language and pg_ts_config_is_visible(oid)),
    'pg_catalog.simple'::regconfig)::regconfig
$$;

-- Languages that write compounds as one word, so that "Frist" should find "Kündigungsfrist".
create function has_compounds(language text) returns boolean language sql immutable parallel safe as $$
  select language in ('danish', 'dutch', 'finnish', 'german', 'hungarian', 'norwegian', 'swedish')
$$;

-- Returns how often each word occurs in a text. A term is a word's lexeme without accents. Its kind is w, or k in a language
-- with compounds.
create function word_terms(language text, original text)
returns table (kind "char", term text, occurrences integer) language sql stable as $$
  select case when has_compounds(language) then 'k' else 'w' end::"char",
    case when octet_length(lexeme) = length(lexeme) then lexeme else folded_text(lexeme) end,
    sum(cardinality(positions))::integer
  from unnest(to_tsvector(search_configuration(language), search_words(original)))
  where length(lexeme) <= 64
  group by 2
$$;

-- The same for codes, whose kind is c.
create function code_terms(original text)
returns table (kind "char", term text, occurrences integer) language sql immutable as $$
  select 'c'::"char", code, count(*)::integer from search_codes(original) as code group by code
$$;

-- The versions that the search has rows of. Their short number takes the place of a uuid in a million rows.
create table indexed_versions (
  number     integer generated always as identity primary key,
  version_id uuid not null unique references document_versions on delete cascade
);

-- Returns the number of a version, and gives it one if it has none.
create function indexed_number(version uuid) returns integer language plpgsql as $$
declare
  found_number integer;
begin
  insert into indexed_versions (version_id) values (version) on conflict do nothing;
  select number into found_number from indexed_versions where version_id = version;
  return found_number;
end
$$;

-- Which chunks of a version hold a term. One row has many chunks, because a row for each would take three times the space.
create table document_postings (
  version integer not null references indexed_versions on delete cascade,
  kind    "char" not null,
  term    text collate "C" not null,
  -- For each chunk its ordinal, times 4,096, plus the term's weight there: BM25's saturated frequency in thousandths.
  entries integer[] not null
);

-- Ingestion indexes a long document in several statements, and each makes rows of its own. So the key is not unique.
create index document_postings_by_term on document_postings (version, kind, term);
-- Finds the compounds that end with a word.
create index document_postings_by_ending on document_postings (version, reverse(term) collate "C") where kind = 'k';

-- Adds a version's chunks from `first_ordinal` to `last_ordinal` to the postings.
--
-- The weight is BM25's f · (k1 + 1) / (f + k1 · (1 - b + b · length / average)), with k1 = 2 and b = 0.75. A word of the title
-- or of a heading counts four times. The average is a constant, because the chunker makes chunks of this length: a new
-- document does not change the weights of the others.
create function index_document_words(version uuid, language text, titles text[], first_ordinal integer, last_ordinal integer)
returns void language sql as $$
  insert into document_postings (version, kind, term, entries)
  select indexed.number, kind, term,
    array_agg((ordinal << 12) + round(1000 * 3 * frequency / (frequency + 2 * (0.25 + 0.75 * length / 150)))::integer
      order by ordinal)
  from (
    select ordinal, kind, term, sum(occurrences)::float8 as frequency,
      coalesce(sum(sum(occurrences)) filter (where kind <> 'c') over (partition by ordinal), 0)::float8 as length
    from document_chunks, lateral (
      select * from word_terms(language, text)
      union all
      select * from code_terms(text)
      union all
      select kind, term, 4 * occurrences from
        (select string_agg(distinct heading, E'\n') as joined from unnest(titles || heading_path) as heading) headings,
        lateral (select * from word_terms(language, joined) union all select * from code_terms(joined)) terms
    ) terms
    where version_id = version and ordinal between first_ordinal and last_ordinal
    group by ordinal, kind, term
  ) counted, (select indexed_number(version) as number) indexed
  group by indexed.number, kind, term
  -- In the order of the index, so that its pages are full.
  order by kind, term
$$;

-- Returns the words of a question without the stop words of its language. The question's language is the one that has the most
-- stop words in the question. Without this step "What is it?" would find the German sentences that mention IT.
create function question_words(question text, languages text[]) returns text language sql stable as $$
  with words as materialized (
    select distinct word from regexp_split_to_table(lower(search_words(question)), '\s+') as word where word <> ''
  ), stop_words as materialized (
    select language, word
    from (select language, search_configuration(language) as configuration from unnest(languages) as language offset 0) known, words
    where to_tsvector(configuration, word) = ''
  ), language_of_question as (
    select language from stop_words group by language order by count(*) desc, language limit 1
  )
  select string_agg(word, ' ' order by word) from words
  where word not in (select word from stop_words join language_of_question using (language))
$$;

-- ----------------------------------------------------------------------------------------------------------- Vectors

-- Two forms with the same functions. With the extension pgvector an HNSW index finds the nearest vectors. Without the extension
-- PostgreSQL compares the signs of all vectors, and then computes the similarity of the best 500 exactly.

-- Of the second form. The vectors of a corpus point into similar directions, so the signs are those of the differences from the
-- vectors' mean. The mean is computed anew when the vectors have doubled, until there are 1,000.
create table embedding_means (
  model   text primary key,
  mean    real[] not null,
  -- Of how many vectors.
  vectors integer not null
);

do $do$
begin
  begin
    create extension if not exists vector;
  exception when others then
    raise notice 'pgvector is not available: %', sqlerrm;
  end;

  if to_regtype('halfvec') is not null then
    create table document_vectors (
      version   integer not null references indexed_versions on delete cascade,
      ordinal   integer not null,
      -- The model that made the vector. Vectors of another model cannot be compared.
      model     text not null,
      embedding halfvec(512) not null,
      primary key (version, ordinal)
    );
    create index document_vectors_nearest on document_vectors using hnsw (embedding halfvec_ip_ops);

    create function index_document_vectors(version uuid, model text, first_ordinal integer, vectors text[])
    returns void language sql as $$
      insert into document_vectors (version, ordinal, model, embedding)
      select indexed.number, first_ordinal + place - 1, index_document_vectors.model, vector::halfvec(512)
      from (select indexed_number(index_document_vectors.version) as number) indexed,
        unnest(vectors) with ordinality as given (vector, place)
      on conflict (version, ordinal) do update set model = excluded.model, embedding = excluded.embedding
    $$;

    -- The index returns the nearest vectors of all documents. `iterative_scan` continues until enough of them are searchable.
    create function nearest_chunks(versions integer[], model text, query real[], count integer)
    returns table (version integer, ordinal integer, similarity float8) language plpgsql stable
    set hnsw.iterative_scan = relaxed_order set hnsw.ef_search = 120 set plan_cache_mode = force_custom_plan as $$
    begin
      return query
      select nearest.version, nearest.ordinal, -nearest.distance from (
        select v.version, v.ordinal, v.embedding <#> query::halfvec(512) as distance
        from document_vectors v
        where v.version = any (versions) and v.model = nearest_chunks.model
        order by v.embedding <#> query::halfvec(512) limit count
      ) nearest order by nearest.distance, nearest.version, nearest.ordinal;
    end
    $$;
  else
    create table document_vectors (
      version   integer not null references indexed_versions on delete cascade,
      ordinal   integer not null,
      model     text not null,
      -- Bit i says whether number i is above that of the mean.
      signs     bit(512) not null,
      embedding real[] not null check (cardinality(embedding) = 512),
      primary key (version, ordinal)
    );
    -- Outside of the row, so that a scan of the signs reads 7 MB for 50,000 chunks instead of 110 MB.
    alter table document_vectors alter column embedding set storage external;

    create function vector_signs(vector real[], mean real[]) returns bit(512) language sql immutable parallel safe as $$
      select string_agg(case when number > middle then '1' else '0' end, '' order by place)::bit(512)
      from unnest(vector, mean) with ordinality as numbers (number, middle, place)
    $$;

    create function index_document_vectors(version uuid, model text, first_ordinal integer, vectors text[])
    returns void language plpgsql as $$
    #variable_conflict use_column
    declare
      centre embedding_means;
      stored integer;
    begin
      select * into centre from embedding_means where model = index_document_vectors.model;
      if centre.vectors is null or centre.vectors < 1000 then
        -- Another ingestion may compute the mean. Wait for its vectors.
        perform pg_advisory_xact_lock(hashtextextended('embedding mean ' || index_document_vectors.model, 0));
        select * into centre from embedding_means where model = index_document_vectors.model;
      end if;
      insert into document_vectors (version, ordinal, model, signs, embedding)
      select indexed.number, first_ordinal + place - 1, index_document_vectors.model,
        vector_signs(numbers, coalesce(centre.mean, numbers)), numbers
      from (select indexed_number(index_document_vectors.version) as number) indexed,
        unnest(vectors) with ordinality as given (vector, place),
        lateral (select translate(vector, '[]', '{}')::real[] as numbers) parsed
      on conflict (version, ordinal)
        do update set model = excluded.model, signs = excluded.signs, embedding = excluded.embedding;
      if centre.vectors >= 1000 then return; end if;

      select count(*) into stored from document_vectors where model = index_document_vectors.model;
      if stored < 2 * coalesce(centre.vectors, 0) then return; end if;
      insert into embedding_means (model, mean, vectors)
      select index_document_vectors.model, array_agg(middle order by place), stored
      from (
        select place, avg(number)::real as middle
        from document_vectors, unnest(embedding) with ordinality as numbers (number, place)
        where model = index_document_vectors.model group by place
      ) means
      on conflict (model) do update set mean = excluded.mean, vectors = excluded.vectors
      returning * into centre;
      update document_vectors set signs = vector_signs(embedding, centre.mean)
      where model = index_document_vectors.model;
    end
    $$;

    create function nearest_chunks(versions integer[], model text, query real[], count integer)
    returns table (version integer, ordinal integer, similarity float8) language plpgsql stable
    set plan_cache_mode = force_custom_plan as $$
    declare
      query_signs constant bit(512) := vector_signs(query,
        (select mean from embedding_means where embedding_means.model = nearest_chunks.model));
    begin
      return query
      select near.version, near.ordinal,
        (select sum(a * b)::float8 from unnest(near.embedding, query) as pairs (a, b)) as product
      from (
        select v.version, v.ordinal, v.embedding from document_vectors v
        where v.version = any (versions) and v.model = nearest_chunks.model
        order by bit_count(v.signs # query_signs) limit 500
      ) near
      order by product desc, near.version, near.ordinal limit count;
    end
    $$;
  end if;
end
$do$;

-- ------------------------------------------------------------------------------------------------------------ Search

-- Returns the passages of searchable documents that fit a question best, the best first. `embedding` is the question's vector, or
-- null to search by words alone; `document` limits the search to one document.
--
-- Words: the sum of weight · inverse document frequency over all terms that a chunk shares with the question. The rarest terms
-- come first until 100,000 postings are read. A code counts three times. Both rankings are fused by their ranks. Passages with
-- a rare code of the question come before all others.
create function search_documents(
  owner text, conversation uuid, question text, embedding real[], model text, document uuid, passages integer
) returns table (
  chunk_id bigint, document_id uuid, version_id uuid, title text, name text, part_kind text, part integer, part_label text,
  heading_path text[], start_unit integer, end_unit integer, text text, score float8
) language plpgsql stable
-- Compiling the plan would take longer than running it.
set jit = off set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
begin
  return query
  with searched as materialized (
    select indexed_versions.number, versions.language, chunks
    from searchable_versions(search_documents.owner, conversation) as versions
    join indexed_versions on indexed_versions.version_id = versions.id
    where search_documents.document is null or versions.document_id = search_documents.document
  ), languages as materialized (
    select array_agg(distinct language) as languages from searched
  ), terms as materialized (
    select language, kind, array_agg(term) as terms
    from (select languages, coalesce(question_words(question, languages), '') as words from languages) asked,
      unnest(languages) as language, lateral (
        select kind, term from word_terms(language, words)
        union all
        select kind, term from code_terms(question)
      ) found
    group by language, kind
  ), found as materialized (
    select number, kind, word, share, entries
    from searched join terms using (language), lateral (
      select p.term as word, 1.0::float8 as share, p.entries from document_postings p
      where p.version = searched.number and p.kind = terms.kind and p.term = any (terms.terms)
      union all
      -- Compounds that end with a word of the question. They count half, and as the same word.
      select word, 0.5, p.entries
      from unnest(case when terms.kind = 'k' then terms.terms end) as word,
        -- The stemmer cuts "ung" off "Mietwohnung", but not off "Wohnung", which is too short for its rule.
        unnest(array[word, substring(word from '^(.{4,})(?:ung|heit|keit)$')]) as ending,
        document_postings p
      where length(ending) >= 4 and p.version = searched.number and p.kind = 'k'
        and reverse(p.term) collate "C" > reverse(ending) collate "C"
        and reverse(p.term) collate "C" < (reverse(ending) || U&'\+10FFFF') collate "C"
        and length(p.term) >= length(ending) + 3 and p.term <> all (terms.terms)
    ) postings
  ), frequencies as (
    select kind, word, sum(cardinality(entries))::float8 as frequency from found group by kind, word
  ), weights as (
    select kind, word, frequency, sum(frequency) over (order by frequency, kind, word) as read,
      -- INV-0042, but not a number that stands in many passages.
      case when kind = 'c' and word ~ '[0-9]' and frequency <= greatest(5, total / 100) then 1 else 0 end as identifies,
      ln(1 + (greatest(total - frequency, 0) + 0.5) / (frequency + 0.5)) * case kind when 'c' then 3 else 1 end as weight
    from frequencies, (select sum(chunks)::float8 as total from searched) corpus
  ), by_words as (
    select number, entry >> 12 as ordinal, sum(identifies) as identified,
      row_number() over (order by sum(weight * share * (entry & 4095)) desc, number, entry >> 12) as rank
    from weights join found using (kind, word), unnest(entries) as entry
    where read <= 100000 or read = frequency
    group by number, entry >> 12
    order by rank limit 100
  ), by_meaning as (
    select number, ordinal, row_number() over (order by similarity desc, number, ordinal) as rank
    from nearest_chunks(array(select number from searched), search_documents.model, embedding, 100) as nearest (number)
    where embedding is not null
  ), fused as (
    select number, ordinal, max(identified) as identified, sum(points)::float8 as score from (
      select number, ordinal, identified, 1.0 / (10 + rank) as points from by_words
      union all
      select number, ordinal, 0, 0.3 / (10 + rank) from by_meaning
    ) ranked
    group by number, ordinal order by identified desc, score desc, number, ordinal limit passages
  )
  select chunks.id, versions.document_id, versions.id, versions.title, versions.name, parts.kind, chunks.part, parts.label,
    chunks.heading_path, chunks.start_unit, chunks.end_unit, chunks.text, score
  from fused
  join indexed_versions on indexed_versions.number = fused.number
  join document_versions versions on versions.id = indexed_versions.version_id
  join document_chunks chunks on chunks.version_id = versions.id and chunks.ordinal = fused.ordinal
  cross join lateral (
    select kind, label from document_parts where document_parts.version_id = versions.id and document_parts.number = chunks.part
    order by start limit 1
  ) parts
  order by identified desc, score desc, fused.number, chunks.ordinal;
end
$$;

-- Removes a version from the search. Its parts and chunks stay, for the citations of old answers.
create function unindex_document(version uuid) returns void language sql as $$
  delete from indexed_versions where version_id = version
$$;

-- Down Migration

drop function unindex_document(uuid);
drop function search_documents(text, uuid, text, real[], text, uuid, integer);
drop function nearest_chunks(integer[], text, real[], integer);
drop function index_document_vectors(uuid, text, integer, text[]);
drop function if exists vector_signs(real[], real[]);
drop table document_vectors;
drop table embedding_means;
drop function index_document_words(uuid, text, text[], integer, integer);
drop table document_postings;
drop function indexed_number(uuid);
drop table indexed_versions;
drop function question_words(text, text[]);
drop function code_terms(text);
drop function word_terms(text, text);
drop function has_compounds(text);
drop function search_configuration(text);
drop function search_codes(text);
drop function search_words(text);
