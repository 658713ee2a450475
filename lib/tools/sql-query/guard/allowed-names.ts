// What a query may call, cast to and compare with. Everything else is refused, so a function of a later PostgreSQL is
// refused until a person has read what it does. All names are those of pg_catalog.

const words = (text: string): string[] => text.trim().split(/\s+/);

/**
 * Every function here reads its arguments and nothing else, and has no effect. Left out: what reads the server, the
 * session, files or other objects (`pg_*`, `current_setting`, `has_*_privilege`, `query_to_xml`), what changes something
 * (`setval`, `set_config`, `lo_*`, locks), what waits, and what is volatile (`random`, `gen_random_uuid`).
 */
export const allowedFunctions: ReadonlySet<string> = new Set([
  // Aggregates
  ...words(`count sum avg min max array_agg string_agg json_agg jsonb_agg json_object_agg jsonb_object_agg bool_and bool_or
    every bit_and bit_or bit_xor any_value stddev stddev_pop stddev_samp variance var_pop var_samp corr covar_pop covar_samp
    regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy mode percentile_cont
    percentile_disc range_agg range_intersect_agg`),
  // Windows
  ...words(
    `row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value`,
  ),
  // Text
  ...words(`length char_length character_length octet_length bit_length lower upper initcap btrim ltrim rtrim substr
    substring left right lpad rpad repeat replace translate reverse concat concat_ws split_part string_to_array
    string_to_table array_to_string position strpos starts_with overlay ascii chr format quote_literal md5 to_hex
    regexp_replace regexp_match regexp_matches regexp_count regexp_instr regexp_like regexp_substr regexp_split_to_array
    regexp_split_to_table normalize is_normalized similar_to_escape like_escape encode decode sha256 to_number to_char
    unistr`),
  // Mathematics
  ...words(`abs sign ceil ceiling floor round trunc mod div gcd lcm power sqrt cbrt exp ln log log10 pi degrees radians sin
    cos tan cot asin acos atan atan2 sinh cosh tanh width_bucket scale min_scale trim_scale num_nulls num_nonnulls`),
  // Dates and times
  ...words(`now date_trunc date_part date_bin extract age make_date make_time make_timestamp make_timestamptz make_interval
    to_date to_timestamp justify_days justify_hours justify_interval isfinite timezone overlaps statement_timestamp
    transaction_timestamp date_add date_subtract`),
  // JSON
  ...words(`to_json to_jsonb row_to_json array_to_json json_build_object jsonb_build_object json_build_array
    jsonb_build_array json_object jsonb_object json_array_elements jsonb_array_elements json_array_elements_text
    jsonb_array_elements_text json_array_length jsonb_array_length json_each jsonb_each json_each_text jsonb_each_text
    json_object_keys jsonb_object_keys json_typeof jsonb_typeof json_extract_path jsonb_extract_path
    json_extract_path_text jsonb_extract_path_text jsonb_path_query jsonb_path_query_array jsonb_path_query_first
    jsonb_path_exists jsonb_path_match jsonb_set jsonb_insert json_strip_nulls jsonb_strip_nulls jsonb_pretty
    json_to_record jsonb_to_record json_to_recordset jsonb_to_recordset`),
  // Arrays, ranges, rows
  ...words(`unnest cardinality array_length array_ndims array_lower array_upper array_position array_positions array_append
    array_prepend array_cat array_remove array_replace generate_subscripts generate_series trim_array isempty
    lower_inc upper_inc lower_inf upper_inf int4range int8range numrange daterange tsrange tstzrange`),
  // Search in text
  ...words(
    `to_tsvector to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery ts_rank ts_rank_cd`,
  ),
]);

/** `reg*` types are left out: a cast to one reads the catalog. */
export const allowedTypes: ReadonlySet<string> = new Set(
  words(`bool int2 int4 int8 float4 float8 numeric money text varchar bpchar char name uuid bytea bit varbit date time timetz
    timestamp timestamptz interval json jsonb jsonpath inet cidr macaddr int4range int8range numrange daterange tsrange
    tstzrange tsvector tsquery boolean integer bigint smallint decimal real`),
);

export const allowedOperators: ReadonlySet<string> = new Set(
  words(`= <> != < > <= >= + - * / % ^ || ~~ ~~* !~~ !~~* ~ ~* !~ !~* -> ->> #> #>> #- @> <@ ? ?| ?& && @@ @? |/ ||/ @ & | #
    << >> -|- &< &> <-> ^@ !!`),
);

/** A view has none of them, and a query that asks for one is not about the data. */
export const systemColumns: ReadonlySet<string> = new Set(
  words(`ctid xmin xmax cmin cmax tableoid oid`),
);

/** The keywords that read the clock. The others, like CURRENT_USER, read the session. */
export const allowedValueFunctions: ReadonlySet<string> = new Set(
  words(`SVFOP_CURRENT_DATE SVFOP_CURRENT_TIME SVFOP_CURRENT_TIME_N SVFOP_CURRENT_TIMESTAMP SVFOP_CURRENT_TIMESTAMP_N
    SVFOP_LOCALTIME SVFOP_LOCALTIME_N SVFOP_LOCALTIMESTAMP SVFOP_LOCALTIMESTAMP_N`),
);
