import * as v from "valibot";

/** An id of this API: a UUID, converted to lower case. Every other text is a 400 and never reaches the database. */
export const Identifier = v.pipe(
  v.string("must be a UUID"),
  v.regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i, "must be a UUID"),
  v.toLowerCase(),
);

/** A time in RFC 3339, in UTC. */
export const Timestamp = v.pipe(v.string(), v.isoTimestamp());
