import * as v from "valibot";
import { isBlank, withoutBlankLines } from "./blank-text.ts";

/** A line that a person has typed: 1 to `maxLength` UTF-16 units, not blank, without white space around it. */
export const typedLine = (maxLength: number) =>
  v.pipe(v.string(notText), v.trim(), ...rules(maxLength));

/** A message that a person has typed: 1 to `maxLength` UTF-16 units, not blank, without blank lines at its ends. */
export const typedMessage = (maxLength: number) =>
  v.pipe(
    v.string(notText),
    // The API document ends at a transformation of ours, so the bounds are repeated for it.
    v.metadata({ minLength: 1, maxLength }),
    v.transform(withoutBlankLines),
    ...rules(maxLength),
  );

const notText = "must be a string";

const rules = (maxLength: number) =>
  [
    v.minLength<string, 1, string>(1, "must not be empty"),
    v.check((text: string) => !isBlank(text), "must not be empty"),
    v.maxLength<string, number, string>(maxLength, `must have at most ${maxLength} characters`),
    // Postgres cannot store U+0000 in text, nor can JSON carry half of a surrogate pair safely.
    v.check((text: string) => !text.includes("\u0000"), "must not contain the character U+0000"),
    v.check((text: string) => text.isWellFormed(), "must be well-formed Unicode"),
  ] as const;
