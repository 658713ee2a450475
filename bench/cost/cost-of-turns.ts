import { requiredPriceOf } from "#lib/budget/price.ts";
import { defaultModelId } from "#lib/platform/config.ts";
import { prices } from "./prices.ts";

/** One line of the table: a product of numbers. */
export interface CostLine {
  what: string;
  /** The arithmetic with its numbers, for people. */
  arithmetic: string;
  usd: number;
}

/** What 1,000 turns of the page are assumed to be. All are estimates, except for what a comment calls measured. */
export const assumptions = {
  turns: 1_000,
  inputTokens: 2_000,
  outputTokens: 400,
  /** How long a turn streams. */
  turnSeconds: 8,
  /** Turns of one visit. A visit sends the requests of the page, and wakes the database. */
  turnsOfVisit: 5,
  /** GET /api/me, the list, a conversation, and the title of a new conversation. */
  pageRequestsOfVisit: 4,
  pageRequestSeconds: 0.15,
  /** The share of turns that start a new instance. Lambda bills its init since August 2025. */
  coldShare: 0.1,
  initSeconds: 0.7,
  logKb: 3,
  /** Measured: bench/results.json has the bytes of a token. This is an upper bound, at 10 ms a token. */
  bytesOfToken: 60,
  neonComputeUnits: 0.25,
  /** Neon sleeps five minutes after the last query (its default). */
  neonTailMinutes: 5,
  visitMinutes: 3,
} as const;

/** Returns the lines of what 1,000 turns cost, without the database. */
export function costOfTurns(): CostLine[] {
  const { turns, turnsOfVisit, pageRequestsOfVisit } = assumptions;
  const { inputTokens, outputTokens, turnSeconds, pageRequestSeconds, coldShare } = assumptions;
  const pageRequests = (turns / turnsOfVisit) * pageRequestsOfVisit;
  const requests = turns + pageRequests;
  const megabytesOut = (turns * outputTokens * assumptions.bytesOfToken) / 1_000_000;
  const logGb = (turns * assumptions.logKb) / 1_000_000;
  const cold = turns * coldShare;
  return [
    { what: `model, \`${defaultModelId}\``, ...modelCost(inputTokens, outputTokens, turns) },
    product(
      "chat-stream, running",
      factor(turns, "turns"),
      factor(turnSeconds, "s"),
      factor(1, "GB"),
      perGbSecond,
    ),
    product(
      "chat-stream, starting",
      factor(cold, "starts"),
      factor(assumptions.initSeconds, "s"),
      factor(1, "GB"),
      perGbSecond,
    ),
    product(
      "other functions",
      factor(pageRequests, "requests"),
      factor(pageRequestSeconds, "s"),
      factor(0.5, "GB"),
      perGbSecond,
    ),
    product(
      "Lambda, requests",
      factor(requests, "requests"),
      perMillion(prices.lambdaRequests.usd),
    ),
    product("API Gateway", factor(requests, "requests"), perMillion(prices.apiRequests.usd)),
    product("DynamoDB, buckets", factor(requests, "writes"), perMillion(prices.dynamoDbWrites.usd)),
    product(
      "DynamoDB, ended sessions",
      factor(requests, "half reads"),
      factor(0.5, ""),
      perMillion(prices.dynamoDbReads.usd),
    ),
    product("logs", factor(logGb, "GB"), factor(prices.logsGb.usd, "")),
    product("X-Ray", factor(requests, "traces"), perMillion(prices.traces.usd)),
    product(
      "CloudFront, requests",
      factor(requests, "requests"),
      perMillion(prices.cloudFrontRequests.usd),
    ),
    product("CloudFront, data out", factor(megabytesOut, "MB"), {
      value: prices.cloudFrontGb.usd / 1_000,
      text: `${prices.cloudFrontGb.usd} / 1,000 MB`,
    }),
  ];
}

/** What 1,000 pages of documents are assumed to be. All are estimates, except for what a comment calls measured. */
export const documentAssumptions = {
  pages: 1_000,
  pagesOfDocument: 20,
  kilobytesOfPage: 100,
  /** 3,000 characters, in passages of 300 tokens that overlap. */
  passagesOfPage: 3,
  tokensOfPassage: 300,
  /** Measured: 5 ms for a page of a PDF, and a few for its passages. The rest waits for eight embeddings at once. */
  ingestSecondsOfPage: 0.05,
  ingestGb: 2,
  /** The upload's form, the list and the states until the document is ready, and one look at it. */
  requestsOfDocument: 6,
  /** Measured at 50,000 passages: text, words and vector with their indexes. */
  databaseKilobytesOfPassage: 13,
} as const;

/** Returns what 1,000 pages cost: once, when they are added, and in the last two lines for each month. */
export function costOfDocuments(): CostLine[] {
  const { pages, pagesOfDocument, passagesOfPage, requestsOfDocument } = documentAssumptions;
  const documents = pages / pagesOfDocument;
  const requests = documents * requestsOfDocument;
  const passages = pages * passagesOfPage;
  return [
    product(
      "embeddings",
      factor(passages, "passages"),
      factor(documentAssumptions.tokensOfPassage, "tokens"),
      perMillion(prices.embeddingTokens.usd),
    ),
    product(
      "document-ingest",
      factor(pages, "pages"),
      factor(documentAssumptions.ingestSecondsOfPage, "s"),
      factor(documentAssumptions.ingestGb, "GB"),
      perGbSecond,
    ),
    product(
      "other functions",
      factor(requests, "requests"),
      factor(assumptions.pageRequestSeconds, "s"),
      factor(0.5, "GB"),
      perGbSecond,
    ),
    product("API Gateway", factor(requests, "requests"), perMillion(prices.apiRequests.usd)),
    product("S3, writes", factor(documents, "files"), perMillion(prices.s3Writes.usd)),
    product("S3, reads", factor(2 * documents, "reads"), perMillion(prices.s3Reads.usd)),
    product(
      "S3, each month",
      factor((pages * documentAssumptions.kilobytesOfPage) / 1_000_000, "GB"),
      factor(prices.s3Gb.usd, ""),
    ),
    product(
      "database, each month on a paid plan",
      factor((passages * documentAssumptions.databaseKilobytesOfPassage) / 1_000_000, "GB"),
      factor(prices.neonGb.usd, ""),
    ),
  ];
}

/** Returns what the database costs on a paid plan, by how the same turns are spread over time. */
export function costOfDatabase(): CostLine[] {
  const { turns, turnsOfVisit, neonTailMinutes, visitMinutes, neonComputeUnits } = assumptions;
  const awake = (what: string, windows: number, minutes: number) =>
    product(
      what,
      factor(windows, windows === 1 ? "wake-up" : "wake-ups"),
      factor(minutes, "min"),
      factor(neonComputeUnits, "units"),
      { value: prices.neonComputeHour.usd / 60, text: `${prices.neonComputeHour.usd} / 60 min` },
    );
  return [
    awake("all turns in two busy hours", 1, 120 + neonTailMinutes),
    awake(
      `${turns / turnsOfVisit} visits of ${turnsOfVisit} turns, one at a time`,
      turns / turnsOfVisit,
      visitMinutes + neonTailMinutes,
    ),
    awake("every turn alone", turns, neonTailMinutes),
  ];
}

export const totalOf = (lines: readonly CostLine[]): number =>
  lines.reduce((sum, { usd }) => sum + usd, 0);

interface Factor {
  value: number;
  text: string;
}

const perGbSecond: Factor = factor(prices.lambdaGbSecond.usd, "");
const perMillion = (usd: number): Factor => ({ value: usd / 1_000_000, text: `${usd} / 1 M` });

function factor(value: number, unit: string): Factor {
  const text = value.toLocaleString("en-US", { maximumFractionDigits: 10 });
  return { value, text: `${text} ${unit}`.trim() };
}

function product(what: string, ...factors: Factor[]): CostLine {
  const arithmetic = factors.map(({ text }) => text).join(" × ");
  return { what, arithmetic, usd: factors.reduce((usd, { value }) => usd * value, 1) };
}

/** @throws Error if the model has no price */
function modelCost(inputTokens: number, outputTokens: number, turns: number) {
  const price = requiredPriceOf(defaultModelId);
  const [millionsIn, millionsOut] = [inputTokens, outputTokens].map(
    (tokens) => (turns * tokens) / 1_000_000,
  ) as [number, number];
  const rounded = (usd: number) => Number(usd.toFixed(4));
  return {
    arithmetic: `${millionsIn} M × ${rounded(price.input)} + ${millionsOut} M × ${rounded(price.output)}`,
    usd: millionsIn * price.input + millionsOut * price.output,
  };
}
