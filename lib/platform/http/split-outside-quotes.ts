/** Splits a header into its trimmed parts. A separator inside a quoted string separates nothing (RFC 9110, 5.6.4). */
export function splitOutsideQuotes(text: string, separator: "," | ";"): string[] {
  const parts = text.match(
    separator === "," ? /(?:"(?:\\.|[^"\\])*"|[^,])+/g : /(?:"(?:\\.|[^"\\])*"|[^;])+/g,
  );
  return (parts ?? []).map((part) => part.replace(/^[ \t]+|[ \t]+$/g, ""));
}
