import * as v from "valibot";

/** A quote has less than 1 KB. */
const maxAnswerBytes = 64 * 1024;

export interface Quote {
  symbol: string;
  name: string | undefined;
  exchange: string | undefined;
  currency: string | undefined;
  price: number;
  change: number | undefined;
  changePercent: number | undefined;
  volume: number | undefined;
  /** RFC 3339. */
  time: string | undefined;
}

/** How the service answered for one symbol. */
export type QuoteAnswer =
  | { kind: "quote"; quote: Quote }
  | { kind: "unknown" }
  /** The service is there and does not give this quote. */
  | { kind: "refused"; reason: string }
  /** The service does not work, or takes no more requests for now. */
  | { kind: "failed"; reason: string };

interface QuoteRequest {
  endpoint: string;
  apiKey: string;
  userAgent: string;
  timeoutMs: number;
  /** The turn's. */
  signal: AbortSignal;
  now: () => number;
}

/**
 * Fetches one quote of Financial Modeling Prep. Its batch of symbols needs a paid plan, and one symbol does not. The key
 * is sent in a header, so that no address holds it.
 * Source: https://site.financialmodelingprep.com/developer/docs/stable/quote, November 2026.
 * @throws the signal's reason if the turn ends first; no other error
 */
export async function fetchQuote(request: QuoteRequest, symbol: string): Promise<QuoteAnswer> {
  const { timeoutMs, signal } = request;
  const late = AbortSignal.timeout(timeoutMs);
  const ended = AbortSignal.any([signal, late]);
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await fetchOnce({ ...request, signal: ended }, symbol);
    } catch {
      signal.throwIfAborted();
      if (late.aborted) {
        return { kind: "failed", reason: `it did not answer within ${timeoutMs / 1_000} seconds` };
      }
      // The first attempt may have used a connection that died while the instance was frozen.
      if (attempts === 2) return { kind: "failed", reason: "it could not be reached" };
    }
  }
}

async function fetchOnce(request: QuoteRequest, symbol: string): Promise<QuoteAnswer> {
  const { endpoint, apiKey, userAgent, signal, now } = request;
  const response = await fetch(`${endpoint}/stable/quote?symbol=${encodeURIComponent(symbol)}`, {
    headers: { apikey: apiKey, accept: "application/json", "user-agent": userAgent },
    // A redirect could lead the key to another host.
    redirect: "manual",
    signal,
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    return answerOfStatus(response, now());
  }
  const body = await readText(response);
  return body === undefined
    ? { kind: "failed", reason: "its answer is not a quote" }
    : readAnswer(body, symbol, now());
}

function answerOfStatus({ status, headers }: Response, nowMs: number): QuoteAnswer {
  switch (status) {
    case 401:
    case 403:
      return { kind: "refused", reason: `it refuses this system's API key (status ${status})` };
    case 402:
      return { kind: "refused", reason: "this system's plan does not include it (status 402)" };
    case 404:
      return { kind: "unknown" };
    case 429: {
      const seconds = secondsOf(headers.get("retry-after"), nowMs);
      const when = seconds === undefined ? "" : `; it may be asked again in ${seconds} s`;
      return { kind: "failed", reason: `its limit of requests is used up (status 429)${when}` };
    }
    default:
      return { kind: "failed", reason: `it answered with the status ${status}` };
  }
}

/** The header is a number of seconds or a date. */
function secondsOf(retryAfter: string | null, nowMs: number): number | undefined {
  if (retryAfter === null) return undefined;
  if (/^\d{1,6}$/.test(retryAfter)) return Number(retryAfter);
  const seconds = Math.ceil((Date.parse(retryAfter) - nowMs) / 1_000);
  return seconds > 0 && seconds < 1_000_000 ? seconds : undefined;
}

/** Returns undefined for a text that is too long. */
async function readText(response: Response): Promise<string | undefined> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes > maxAnswerBytes) return undefined;
  }
  return Buffer.concat(pieces).toString();
}

const number = v.optional(v.nullable(v.pipe(v.number(), v.finite())));
const text = v.optional(v.nullable(v.string()));
const Answer = v.array(
  v.object({
    symbol: v.string(),
    price: v.pipe(v.number(), v.finite()),
    name: text,
    exchange: text,
    currency: text,
    change: number,
    changePercentage: number,
    volume: number,
    timestamp: number,
  }),
);

/** A quote without a price is none: no number may come from anywhere else. */
function readAnswer(body: string, symbol: string, nowMs: number): QuoteAnswer {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Answer), body);
  if (!parsed.success) return { kind: "failed", reason: "its answer is not a quote" };
  const found = parsed.output.find((quote) => quote.symbol.toUpperCase() === symbol);
  if (!found) return { kind: "unknown" };
  return {
    kind: "quote",
    quote: {
      symbol,
      name: shortText(found.name),
      exchange: shortText(found.exchange),
      currency: shortText(found.currency),
      price: found.price,
      change: found.change ?? undefined,
      changePercent: found.changePercentage ?? undefined,
      volume: found.volume ?? undefined,
      time: timeOf(found.timestamp, nowMs),
    },
  };
}

const shortText = (value: string | null | undefined): string | undefined =>
  value?.replace(/\s+/g, " ").trim().slice(0, 100) || undefined;

/** The time is in seconds. A time in the future, or long before there was such a service, is none. */
function timeOf(seconds: number | null | undefined, nowMs: number): string | undefined {
  if (typeof seconds !== "number") return undefined;
  const isLikely = seconds > 631_152_000 && seconds * 1_000 < nowMs + 24 * 60 * 60_000;
  return isLikely ? new Date(seconds * 1_000).toISOString() : undefined;
}
