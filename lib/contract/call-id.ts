import * as v from "valibot";

/** The turn's id, the ordinal of the model call, and the index of the call in its answer. */
export const CallId = v.pipe(
  v.string("must be the id of a tool call"),
  v.regex(/^[0-9a-f-]{36}\.\d{1,3}\.\d{1,3}$/, "must be the id of a tool call"),
);
