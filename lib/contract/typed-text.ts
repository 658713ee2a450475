import * as v from "valibot";
import { isBlank, withoutBlankLines } from "./blank-text.ts";

// The annotations let a bundler leave out the schemas that the page does not use, and with them these functions.

/** The schema of a typed line: 1 to `maxLength` UTF-16 units, not blank. White space at both ends is removed. */
/* @__NO_SIDE_EFFECTS__ */
export const typedLine = (maxLength: number) =>
  v.pipe(v.string(notText), v.trim(), ...rules(maxLength));

/** The schema of a typed message: 1 to `maxLength` UTF-16 units, not blank. Blank lines at both ends are removed. */
/* @__NO_SIDE_EFFECTS__ */
export const typedMessage = (maxLength: number) =>
  v.pipe(
    v.string(notText),
    // JSON Schema cannot show what follows a transformation, so the API document reads the bounds here.
    v.metadata({ minLength: 1, maxLength }),
    v.transform(withoutBlankLines),
    ...rules(maxLength),
  );

/** The schema of a text as somebody or something wrote it: at most `maxLength` UTF-16 units, unchanged, also empty. */
/* @__NO_SIDE_EFFECTS__ */
export const writtenText = (maxLength: number) => v.pipe(v.string(notText), ...bounds(maxLength));

const notText = "must be a string";

const rules = (maxLength: number) =>
  [
    v.minLength<string, 1, string>(1, "must not be empty"),
    v.check((text: string) => !isBlank(text), "must not be empty"),
    ...bounds(maxLength),
  ] as const;

const bounds = (maxLength: number) =>
  [
    v.maxLength<string, number, string>(maxLength, `must have at most ${maxLength} characters`),
    // PostgreSQL cannot store U+0000, and JSON cannot safely carry half of a surrogate pair.
    v.check((text: string) => !text.includes("\u0000"), "must not contain the character U+0000"),
    v.check((text: string) => text.isWellFormed(), "must be well-formed Unicode"),
  ] as const;
