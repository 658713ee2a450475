/** Returns a message with a text as a Markdown quote at its end, and room for what the person writes about it. */
export function withQuote(message: string, text: string): string {
  const lines = text.replace(/\r\n?/g, "\n").trim().split("\n");
  const quote = lines.map((line) => `> ${line}`.trimEnd()).join("\n");
  const before = message.trimEnd();
  return `${before}${before && "\n\n"}${quote}\n\n`;
}
