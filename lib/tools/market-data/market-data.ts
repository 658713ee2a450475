import * as v from "valibot";
import { defineTool } from "#lib/tools/tool.ts";
import type { MarketDataOptions, QuoteReader } from "./read-quotes.ts";

const Input = v.strictObject({
  symbols: v.pipe(
    v.array(
      v.pipe(
        v.string(),
        // Also indexes (^GSPC), currencies (EURUSD), classes and exchanges (BRK-B, SAP.DE).
        v.regex(/^\s*\^?[a-z\d][a-z\d.=-]{0,14}\s*$/i, "must be a symbol like AAPL or BRK-B"),
      ),
    ),
    v.minLength(1, "must have at least one symbol"),
    v.maxLength(10, "must have at most 10 symbols"),
    v.description("Ticker symbols, such as AAPL"),
  ),
});

/** Returns the tool that quotes prices of stocks and the like. Its work is loaded with the first quote. */
export function createMarketData(options: MarketDataOptions) {
  let reader: QuoteReader | undefined;
  return defineTool({
    name: "market_data",
    description:
      "Returns the newest quotes of 1 to 10 stocks, funds, indexes or currency pairs from Financial Modeling Prep: price, change, volume and the time of each. Cite a quote by its number, like [1].",
    input: Input,
    effect: "external_read",
    hint: "Look a market price up before you state it, and state its time.",
    async run({ symbols }, context) {
      const { createQuoteReader, readQuotes } = await import("./read-quotes.ts");
      reader ??= createQuoteReader(options);
      return readQuotes(reader, symbols, context);
    },
  });
}
