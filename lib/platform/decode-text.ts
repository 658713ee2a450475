/** How far into a page its own statement of its charset may be. */
const prescanBytes = 4 * 1024;

/**
 * Decodes a text as browsers do: by its byte order mark, the `charset` of its content type, its own statement (HTML and
 * XML), else as UTF-8 if it is valid, else as windows-1252. Never throws.
 */
export function decodeText(bytes: Uint8Array, contentType: string): string {
  const charset =
    byteOrderMark(bytes) ?? charsetOf(contentType) ?? statedCharset(bytes, contentType);
  return (charset ?? decoderFor("utf-8", bytes) ?? new TextDecoder("windows-1252")).decode(bytes);
}

/** Returns the decoder that a text's byte order mark names. */
export function byteOrderMark([first, second, third]: Uint8Array): TextDecoder | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return new TextDecoder("utf-8");
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be");
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le");
  return undefined;
}

const charsetOf = (text: string) =>
  decoderNamed(/charset\s*=\s*["']?\s*([\w.:-]+)/i.exec(text)?.[1]);

/** Returns the decoder of the charset that a text in HTML or XML states at its beginning. */
export function statedCharset(bytes: Uint8Array, contentType: string): TextDecoder | undefined {
  if (!/html|xml/i.test(contentType)) return undefined;
  const start = Buffer.from(bytes.subarray(0, prescanBytes)).toString("latin1");
  const stated =
    /^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]+)/i.exec(start)?.[1] ??
    /<meta\s[^>]{0,400}?charset\s*=\s*["']?\s*([\w.:-]+)/i.exec(start)?.[1];
  // Whoever can read this statement as ASCII does not read UTF-16.
  return decoderNamed(stated?.replace(/^utf-?16.*/i, "utf-8"));
}

/** Returns undefined for a charset that nobody knows. */
export function decoderNamed(charset: string | undefined): TextDecoder | undefined {
  try {
    return charset === undefined ? undefined : new TextDecoder(charset);
  } catch {
    return undefined;
  }
}

/** Returns a decoder if the bytes are valid. A character that their end cuts in half is no fault. */
function decoderFor(charset: string, bytes: Uint8Array): TextDecoder | undefined {
  try {
    new TextDecoder(charset, { fatal: true }).decode(bytes, { stream: true });
    return new TextDecoder(charset);
  } catch {
    return undefined;
  }
}
