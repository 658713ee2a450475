/**
 * Counts the bytes of a body of server-sent events as they crossed the wire.
 * @param chunks the body in the parts that HTTP's chunked encoding sent
 * @returns the bytes of all parts, and the bytes of the events from the first token to the last token
 */
export function answerBytes(
  chunks: readonly Buffer[],
  firstToken: string,
  lastToken: string,
): { answerBytes: number; bodyBytes: number } {
  const body = Buffer.concat(chunks);
  const from = startOfEvent(body, body.indexOf(firstToken));
  const to = endOfEvent(body, body.indexOf(lastToken, from));
  let offset = 0;
  let framing = 0;
  let framingOfAnswer = 0;
  for (const { length } of chunks) {
    const bytes = framingOf(length);
    framing += bytes;
    if (offset < to && offset + length > from) framingOfAnswer += bytes;
    offset += length;
  }
  return { answerBytes: to - from + framingOfAnswer, bodyBytes: body.length + framing };
}

/** The length in hexadecimal, and two line ends (RFC 9112, section 7.1). */
const framingOf = (length: number): number => length.toString(16).length + 4;

/** An empty line ends each event. */
function startOfEvent(body: Buffer, position: number): number {
  const before = body.lastIndexOf("\n\n", position);
  return before < 0 ? 0 : before + 2;
}

function endOfEvent(body: Buffer, position: number): number {
  const after = body.indexOf("\n\n", position);
  return after < 0 ? body.length : after + 2;
}
