/** Returns the SQL expression of a `timestamptz` as the wire has it: RFC 3339, in UTC, with milliseconds. */
export const rfc3339 = (time: string): string =>
  `to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
