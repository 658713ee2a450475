/** Neon's answer in place of rows. */
export class NeonRefusal extends Error {
  override readonly name = "NeonRefusal";
  readonly status: number;
  /** The SQLSTATE; empty when the refusal is Neon's own and not PostgreSQL's. */
  readonly code: string;

  constructor(status: number, message: string, code = "") {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** As much of a `Response` as Neon's driver reads of an answer with rows. */
interface Answer {
  ok: true;
  status: 200;
  json: () => Promise<unknown>;
}

/**
 * The driver's `fetch`. Reads an answer to its last byte, and sends a request once more when the connection is lost
 * before that: a thawed function may hold a socket that the other side closed long ago. The second try is harmless even if
 * the first one arrived, because every statement of ours may be repeated.
 * @throws NeonRefusal, or the network's own error
 */
export async function fetchAnswer(address: string, request: RequestInit): Promise<Answer> {
  try {
    return await fetchOnce(address, request);
  } catch (error) {
    if (error instanceof NeonRefusal || request.signal?.aborted) throw error;
    return await fetchOnce(address, request);
  }
}

async function fetchOnce(address: string, request: RequestInit): Promise<Answer> {
  // A redirect would take the connection string, with its password, to another host.
  const response = await fetch(address, { ...request, redirect: "manual" });
  const body = parsed(await response.text());
  if (response.status !== 200) throw refusalOf(response.status, body);
  if (!holdsRows(body)) throw new Error("The answer of Neon is cut off, or is none of Neon's.");
  return { ok: true, status: 200, json: async () => body };
}

/** The parser's own error is dropped on purpose: it quotes the text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function holdsRows(body: unknown): boolean {
  const { fields, rows, results } = Object(body);
  return Array.isArray(results)
    ? results.every(holdsRows)
    : Array.isArray(fields) && Array.isArray(rows);
}

function refusalOf(status: number, body: unknown): NeonRefusal {
  const { message, code } = Object(body);
  const words = typeof message === "string" ? message : `Neon answered with HTTP status ${status}.`;
  return new NeonRefusal(status, words, typeof code === "string" ? code : "");
}
