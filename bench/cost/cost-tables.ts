import {
  assumptions,
  type CostLine,
  costOfDatabase,
  costOfDocuments,
  costOfTurns,
  documentAssumptions,
  totalOf,
} from "./cost-of-turns.ts";
import { prices, pricesAsOf } from "./prices.ts";

/** Returns the cost of 1,000 turns as Markdown: the assumptions, the lines with their sum, and the database. */
export function costTables(): string {
  const lines = costOfTurns();
  const { turnsOfVisit, coldShare } = assumptions;
  return [
    `Assumed for each turn: ${thousands(assumptions.inputTokens)} tokens in, ${assumptions.outputTokens} tokens out, ${assumptions.turnSeconds} s of streaming. A visit has ${turnsOfVisit} turns and ${assumptions.pageRequestsOfVisit} other requests of the page. ${coldShare * 100} % of the turns start an instance. These are estimates; prices are list prices of ${pricesAsOf}.`,
    "",
    ...table(["1,000 turns", "arithmetic", "USD"], lines),
    `| **sum** | | **${usd(totalOf(lines))}** |`,
    "",
    "Neon comes on top, on a paid plan. What counts is how long the database is awake:",
    "",
    ...table(["1,000 turns", "arithmetic", "USD"], costOfDatabase()),
  ].join("\n");
}

/** Returns the cost of 1,000 pages of documents as Markdown. */
export function documentTable(): string {
  const lines = costOfDocuments();
  const { pagesOfDocument, kilobytesOfPage, passagesOfPage, tokensOfPassage } = documentAssumptions;
  return [
    `Assumed: documents of ${pagesOfDocument} pages and ${kilobytesOfPage} KB a page, ${passagesOfPage} passages of ${tokensOfPassage} tokens a page.`,
    "",
    ...table(["1,000 pages", "arithmetic", "USD"], lines),
    `| **sum of the first month** | | **${usd(totalOf(lines))}** |`,
  ].join("\n");
}

/** Returns the prices with their sources, as Markdown. */
export function priceTable(): string {
  const rows = Object.values(prices).map(
    ({ usd: price, per, source }) => `| ${per} | ${price} | <${source}> |`,
  );
  return ["| USD for each | price | source |", "|---|--:|---|", ...rows].join("\n");
}

function table(head: readonly string[], lines: readonly CostLine[]): string[] {
  const rows = lines.map((line) => `| ${line.what} | ${line.arithmetic} | ${usd(line.usd)} |`);
  return [`| ${head.join(" | ")} |`, "|---|---|--:|", ...rows];
}

/** Three digits behind the point below one dollar, two above. */
const usd = (value: number): string => value.toFixed(value < 1 ? 4 : 2);

const thousands = (value: number): string => value.toLocaleString("en-US");
