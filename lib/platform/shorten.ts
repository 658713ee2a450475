/** Returns a text of at most so many UTF-16 units, with an ellipsis for what is cut. Does not cut a surrogate pair. */
export const shorten = (text: string, maxUnits: number): string =>
  text.length <= maxUnits ? text : `${text.slice(0, maxUnits - 1).toWellFormed()}…`;
