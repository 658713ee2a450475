/** Returns the text as Postgres and JSON can store it: without U+0000, and with U+FFFD for lone surrogates. */
export function storableText(text: string): string {
  return text.replaceAll("\u0000", "").toWellFormed();
}
