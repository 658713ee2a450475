/** Returns the query string of the fields that have a value, with its question mark; "" if no field has one. */
export function query(fields: Record<string, string | undefined>): string {
  const given = Object.entries(fields).filter((field): field is [string, string] =>
    Boolean(field[1]),
  );
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}
