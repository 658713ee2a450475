import { type Config, ConfigError } from "#lib/platform/config.ts";
import { priceOf, requiredPriceOf, toUsd, worstCostInMicrodollars } from "./price.ts";
import { toolPricesOf, unpricedTools } from "./tool-price.ts";

type BudgetSettings = Pick<
  Config,
  | "modelId"
  | "fallbackModelId"
  | "threadTokens"
  | "modelPrices"
  | "budgetCaps"
  | "webSearch"
  | "endpoints"
  | "toolPrices"
  | "documents"
>;

/** Output tokens of one answer, at most. */
export const maxAnswerTokens = 1_024;
/** Output tokens of a summary, at most: twice those of its 600 words, because other scripts need more tokens per word. */
export const maxSummaryTokens = 2_048;
/** Names, descriptions and schemas of all tools, at most. */
export const maxToolBytes = 48 * 1024;
/** System prompt, tools and JSON around the thread. */
const bytesBesideThread = maxToolBytes + 16 * 1024;
/** JSON writes a quotation mark or a line break as two bytes. */
const bytesPerThreadToken = 8;
/** Eight model calls, and each may need four attempts and one of the fallback. */
const maxCalls = 8 * 5;
/** The gate runs no more in one turn. */
const maxToolCalls = 16;

/**
 * Returns what the turns of a deployment may cost and can cost, in whole microdollars.
 * @throws ConfigError if no turn could run with these settings
 */
export function turnBudgetOf(settings: BudgetSettings) {
  const faults = budgetFaults(settings);
  if (faults.length > 0) throw new ConfigError(faults);
  const callWorst = worstCallCost(settings);
  return { caps: settings.budgetCaps, callWorst, turnWorst: worstTurnCost(settings, callWorst) };
}

/** Returns one sentence for each reason why no turn could run with these settings. */
export function budgetFaults(settings: BudgetSettings): string[] {
  const unpriced = modelsOf(settings).filter((id) => !priceOf(id, settings.modelPrices));
  if (unpriced.length > 0) {
    return unpriced.map(
      (id) => `The price of ${id} is unknown. Set it in BEDROCK_PRICES, in USD per million tokens`,
    );
  }
  const [unpricedTool] = unpricedTools(settings);
  if (unpricedTool) {
    return [`The price of ${unpricedTool} is unknown. Set it in TOOL_PRICES, in USD per call`];
  }
  const callWorst = worstCallCost(settings);
  const { turn, ...periods } = settings.budgetCaps;
  if (callWorst > turn) {
    const least = (Math.ceil(callWorst / 10_000) / 100).toFixed(2);
    return [
      `BUDGET_TURN_USD is ${toUsd(turn)}, but one call of this model with a full thread may cost ${least}: raise it, or lower THREAD_TOKENS`,
    ];
  }
  const reserved = Math.min(turn, worstTurnCost(settings, callWorst));
  return periodSettings
    .filter(({ period }) => periods[period] < reserved)
    .map(
      ({ period, name }) =>
        `${name} is ${toUsd(periods[period])}, but each turn reserves ${toUsd(reserved)}: raise it, or lower BUDGET_TURN_USD`,
    );
}

const periodSettings = [
  { period: "ownerDay", name: "BUDGET_OWNER_DAY_USD" },
  { period: "siteDay", name: "BUDGET_SITE_DAY_USD" },
  { period: "siteMonth", name: "BUDGET_SITE_MONTH_USD" },
] as const;

const modelsOf = ({ modelId, fallbackModelId }: BudgetSettings): string[] =>
  fallbackModelId === undefined ? [modelId] : [modelId, fallbackModelId];

/** Returns the most that a turn can cost: all its model calls, and all its tool calls with the dearest tool. */
function worstTurnCost(settings: BudgetSettings, callWorst: number): number {
  const dearestTool = Math.max(0, ...Object.values(toolPricesOf(settings)));
  return callWorst * maxCalls + dearestTool * maxToolCalls;
}

/** Returns the most that one model call can cost, in whole microdollars. Every model must have a price. */
function worstCallCost(settings: BudgetSettings): number {
  const requestBytes = settings.threadTokens * bytesPerThreadToken + bytesBesideThread;
  const outputTokens = Math.max(maxAnswerTokens, maxSummaryTokens);
  const costs = modelsOf(settings).map((id) =>
    worstCostInMicrodollars(requiredPriceOf(id, settings.modelPrices), {
      requestBytes,
      outputTokens,
    }),
  );
  return Math.ceil(Math.max(...costs));
}
