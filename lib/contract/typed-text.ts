import * as v from "valibot";

/** What a person has typed: neither empty nor longer than `maxLength` UTF-16 units, without white space around it. */
export const typedText = (maxLength: number) =>
  v.pipe(
    v.string("must be a string"),
    v.trim(),
    v.minLength(1, "must not be empty"),
    v.maxLength(maxLength, `must have at most ${maxLength} characters`),
    // Postgres cannot store U+0000 in text, nor can JSON carry half of a surrogate pair safely.
    v.check((text) => !text.includes("\u0000"), "must not contain the character U+0000"),
    v.check((text) => text.isWellFormed(), "must be well-formed Unicode"),
  );
