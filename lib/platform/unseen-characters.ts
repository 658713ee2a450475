/**
 * Control characters; the signs that turn the direction of all that follows; and what no person sees, in which a text could be
 * hidden: soft hyphens, zero-width spaces, byte order marks, tags. The joiners of emoji and Persian words stay.
 */
const unseen =
  /(?![\t\n\f\r])\p{Cc}|[\u00AD\u200B\u202A-\u202E\u2060\u2066-\u2069\uFEFF\u{E0000}-\u{E007F}]/gu;

/** Returns a text from outside without what a person would not see of it. White space stays. */
export const withoutUnseen = (text: string): string => text.replace(unseen, "");
