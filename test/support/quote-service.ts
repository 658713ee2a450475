import type { IncomingMessage, ServerResponse } from "node:http";
import { listen } from "#local/http/listen.ts";

/** A quote as Financial Modeling Prep returns it, with a symbol that exists nowhere. */
export const sampleQuote = {
  symbol: "ZZTEST",
  name: "Test Company",
  price: 227.5,
  changePercentage: -0.52,
  change: -1.19,
  volume: 40_218_340,
  marketCap: 3_400_000_000_000,
  exchange: "NASDAQ",
  open: 228,
  previousClose: 228.69,
  timestamp: 1_795_813_200,
};

export type QuoteResponse = (response: ServerResponse, request: IncomingMessage) => void;

export const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): QuoteResponse =>
  (response) =>
    response
      .writeHead(status, { "content-type": "application/json", ...headers })
      .end(typeof body === "string" ? body : JSON.stringify(body));

/**
 * Stands in for Financial Modeling Prep: `GET /stable/quote?symbol=…` with the key in a header. An unknown symbol gets an
 * empty list, a wrong key a 401.
 */
export async function startQuoteService(apiKey: string) {
  const requests: { url: string; headers: IncomingMessage["headers"] }[] = [];
  const responses = new Map<string, QuoteResponse>();
  const server = await listen((request, response) => {
    const url = new URL(request.url ?? "", "http://localhost");
    requests.push({ url: request.url ?? "", headers: request.headers });
    if (request.headers.apikey !== apiKey) {
      json({ "Error Message": `Invalid API KEY ${request.headers.apikey}` }, 401)(
        response,
        request,
      );
    } else if (url.pathname !== "/stable/quote") {
      json([], 404)(response, request);
    } else {
      const respond = responses.get(url.searchParams.get("symbol") ?? "") ?? json([]);
      respond(response, request);
    }
  });
  return { address: server.address, requests, responses, close: server.close };
}
