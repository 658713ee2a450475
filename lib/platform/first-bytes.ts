/** Returns the beginning of a text that has at most so many bytes in UTF-8. Cuts between characters. */
export function firstBytes(text: string, count: number): string {
  // A unit has at least one byte, so that the rest of a long text need not be encoded.
  const bytes = new TextEncoder().encode(text.slice(0, count + 1));
  if (bytes.length <= count && text.length <= count) return text;
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, count), {
    stream: true,
  });
}
