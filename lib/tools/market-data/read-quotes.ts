import type { Table } from "#lib/contract/table.ts";
import {
  type CircuitBreaker,
  CircuitOpen,
  createCircuitBreaker,
} from "#lib/platform/circuit-breaker.ts";
import type { Config } from "#lib/platform/config.ts";
import { createDailyAllowance, type DailyAllowance } from "#lib/platform/daily-allowance.ts";
import { createDynamoDb } from "#lib/platform/dynamodb.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import { type ToolContext, type ToolOutput, ToolRefusal } from "#lib/tools/tool.ts";
import { fetchQuote, type Quote, type QuoteAnswer } from "./fetch-quote.ts";

const source = "Financial Modeling Prep";

export interface MarketDataOptions {
  config: Pick<
    Config,
    "environment" | "region" | "rateLimitTable" | "version" | "marketDataDailyCalls"
  > & {
    endpoints: Pick<Config["endpoints"], "dynamodb">;
  };
  apiKey: () => Promise<string>;
  telemetry: Telemetry;
  /** The service's address; other than its own in tests only. */
  endpoint?: string | undefined;
  /** How long a quote may take; 8 s by default. */
  timeoutMs?: number | undefined;
  now?: (() => number) | undefined;
}

export interface QuoteReader {
  breaker: CircuitBreaker;
  allowance: DailyAllowance;
  /** @throws ToolRefusal if the key cannot be read */
  readKey(): Promise<string>;
  fetch(symbol: string, apiKey: string, signal: AbortSignal): Promise<QuoteAnswer>;
}

export function createQuoteReader(options: MarketDataOptions): QuoteReader {
  const { config, apiKey, telemetry, now = Date.now } = options;
  const table = {
    client: createDynamoDb(config),
    tableName: config.rateLimitTable,
    ...{ name: "fmp", telemetry, now },
  };
  return {
    breaker: createCircuitBreaker(table),
    allowance: createDailyAllowance({ ...table, callsPerDay: config.marketDataDailyCalls }),
    async readKey() {
      try {
        return await apiKey();
      } catch (cause) {
        throw new ToolRefusal(
          `the key of ${source} cannot be read: the secret fmp-api-key is missing or not usable.`,
          { cause },
        );
      }
    },
    fetch(symbol, apiKey, signal) {
      const request = {
        endpoint: options.endpoint ?? "https://financialmodelingprep.com",
        apiKey,
        userAgent: `enterprise-agentic-ai/${config.version}`,
        timeoutMs: options.timeoutMs ?? 8_000,
        ...{ signal, now },
      };
      return fetchQuote(request, symbol);
    },
  };
}

/** The service gave no quote at all, and does not work. */
class NoQuote extends Error {
  readonly answers: ReadonlyMap<string, QuoteAnswer>;

  constructor(answers: ReadonlyMap<string, QuoteAnswer>) {
    super("The service gave no quote.");
    this.answers = answers;
  }
}

/** Fetches a quote for each symbol, side by side. @throws ToolRefusal with a sentence if there is none */
export async function readQuotes(
  reader: QuoteReader,
  given: readonly string[],
  context: ToolContext,
): Promise<ToolOutput> {
  const symbols = [...new Set(given.map((symbol) => symbol.trim().toUpperCase()))];
  try {
    const answers = await reader.breaker.run(
      () => fetchAll(reader, symbols, context.signal),
      (error) => error instanceof NoQuote,
    );
    return describe(answers, context);
  } catch (error) {
    if (error instanceof CircuitOpen) {
      const seconds = Math.ceil(error.retryAfterMs / 1_000);
      throw new ToolRefusal(
        `${source} has failed several times and is not asked for ${seconds} s. There is no quote.`,
        { cause: error },
      );
    }
    if (error instanceof NoQuote) throw refusalOf(error.answers, error);
    throw error;
  }
}

async function fetchAll(
  { allowance, readKey, fetch }: QuoteReader,
  symbols: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, QuoteAnswer>> {
  const key = await readKey();
  if (!(await allowance.take(symbols.length))) {
    throw new ToolRefusal(
      `this system's daily allowance for ${source} is used up until midnight UTC. There is no quote.`,
    );
  }
  const answers = new Map(
    await Promise.all(
      symbols.map(async (symbol) => [symbol, await fetch(symbol, key, signal)] as const),
    ),
  );
  const kinds = [...answers.values()].map(({ kind }) => kind);
  if (!kinds.includes("quote") && kinds.includes("failed")) throw new NoQuote(answers);
  return answers;
}

function describe(answers: ReadonlyMap<string, QuoteAnswer>, context: ToolContext): ToolOutput {
  const quotes = [...answers.values()].flatMap((answer) =>
    answer.kind === "quote" ? [answer.quote] : [],
  );
  if (quotes.length === 0) throw refusalOf(answers);
  const lines = quotes.map((quote) => {
    const line = lineOf(quote);
    const index = context.cite({
      title: `${quote.name ?? quote.symbol}: quote of ${source}`,
      url: `https://financialmodelingprep.com/financial-summary/${encodeURIComponent(quote.symbol)}`,
      quote: line,
      published_at: quote.time ?? null,
    });
    return `[${index}] ${line}`;
  });
  const text = [...lines, ...missingLines(answers), `Source: ${source}.`].join("\n");
  return { text, table: tableOf(quotes) };
}

function refusalOf(answers: ReadonlyMap<string, QuoteAnswer>, cause?: Error): ToolRefusal {
  return new ToolRefusal(`there is no quote. ${missingLines(answers).join(" ")}`, { cause });
}

/** Names the symbols without a quote, once for each reason. */
function missingLines(answers: ReadonlyMap<string, QuoteAnswer>): string[] {
  const symbolsOf = Map.groupBy(answers.keys(), (symbol) => reasonOf(answers.get(symbol)));
  symbolsOf.delete(undefined);
  return [...symbolsOf].map(
    ([reason, symbols]) => `No quote for ${symbols.join(", ")}: ${reason}.`,
  );
}

function reasonOf(answer: QuoteAnswer | undefined): string | undefined {
  if (!answer || answer.kind === "quote") return undefined;
  if (answer.kind === "unknown") return `${source} does not know the symbol`;
  return `${source} gave none, because ${answer.reason}`;
}

/** Returns, for example, "AAPL, Apple Inc. (NASDAQ): 227.5 USD, change -1.2 (-0.52 %), volume 40218340, at 2026-11-27T21:00:00.000Z". */
function lineOf(quote: Quote): string {
  const { symbol, name, exchange, currency, price, change, changePercent, volume, time } = quote;
  const title = [symbol, ...(name === undefined ? [] : [name])].join(", ");
  const place = exchange === undefined ? "" : ` (${exchange})`;
  const parts = [
    `${price}${currency === undefined ? "" : ` ${currency}`}`,
    ...changeOf(change, changePercent === undefined ? undefined : `${changePercent} %`),
    ...(volume === undefined ? [] : [`volume ${volume}`]),
    time === undefined ? "time not given" : `at ${time}`,
  ];
  return `${title}${place}: ${parts.join(", ")}`;
}

function changeOf(change: number | undefined, percent: string | undefined): string[] {
  if (change === undefined) return percent === undefined ? [] : [`change ${percent}`];
  return [`change ${change}${percent === undefined ? "" : ` (${percent})`}`];
}

const tableOf = (quotes: readonly Quote[]): Table => ({
  columns: [
    { name: "symbol", type: "text" },
    { name: "name", type: "text" },
    { name: "price", type: "number" },
    { name: "currency", type: "text" },
    { name: "change", type: "number" },
    { name: "change %", type: "number" },
    { name: "volume", type: "number" },
    { name: "time", type: "time" },
  ],
  rows: quotes.map((quote) => [
    ...[quote.symbol, quote.name ?? null, quote.price, quote.currency ?? null],
    ...[quote.change ?? null, quote.changePercent ?? null, quote.volume ?? null],
    quote.time ?? null,
  ]),
  total_rows: quotes.length,
  is_cut: false,
});
