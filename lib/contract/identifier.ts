import * as v from "valibot";

/** An id of ours: a UUID in lower case. Anything else is a 400, before it comes near the database. */
export const Identifier = v.pipe(
  v.string("must be a UUID"),
  v.regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i, "must be a UUID"),
  v.toLowerCase(),
);

/** A moment in RFC 3339, UTC. */
export const Timestamp = v.pipe(v.string(), v.isoTimestamp());
