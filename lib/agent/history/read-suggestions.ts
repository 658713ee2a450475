import { withoutUnseen } from "#lib/platform/unseen-characters.ts";

const maxSuggestions = 3;
/** In UTF-16 units. A longer line is an explanation. Cut, it would be half a sentence. */
const maxLength = 120;

/** What models write before a line of a list. */
const bullet = /^(?:[-*•]|\d{1,2}[.)])\s+/u;
const link = /!?\[([^\][]*)\]\([^()]*\)/gu;
/** A button must not send an address that a model, or a page that the model has read, has chosen. */
const address = /:\/\/|\bwww\.|\b(?:javascript|data):|<[a-z/!]/iu;

/** Returns the messages in what a model wrote as a list of them. A line that is not fit for a button is left out. */
export function readSuggestions(list: string): string[] {
  const lines = list.split(/[\r\n\u2028\u2029]+/u).map(clean);
  return [...new Set(lines.filter(isMessage))].slice(0, maxSuggestions);
}

const clean = (line: string): string =>
  withoutUnseen(line)
    .replaceAll(/\s+/gu, " ")
    .trim()
    .replace(bullet, "")
    .replaceAll(link, "$1")
    .trim();

const isMessage = (line: string): boolean =>
  /[\p{L}\p{N}]/u.test(line) &&
  line.length <= maxLength &&
  line.isWellFormed() &&
  !address.test(line);
