import { maxInstructionsLength } from "#lib/contract/conversation-settings.ts";
import type { Effort } from "#lib/contract/model-choice.ts";
import { type Config, ConfigError } from "#lib/platform/config.ts";
import { effortsOf, offeredModelIds } from "./model-choices.ts";
import { priceOf, requiredPriceOf, toUsd, worstCostInMicrodollars } from "./price.ts";
import { toolPricesOf, unpricedTools } from "./tool-price.ts";

type BudgetSettings = Pick<
  Config,
  | "modelId"
  | "otherModelIds"
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
const maxAnswerTokens = 1_024;
/** Output tokens of an answer before which the model thinks: thoughts count as output. */
const maxThoughtfulTokens: Record<Effort, number> = { low: 4_096, medium: 8_192, high: 16_384 };
/** Output tokens of a summary, at most: twice those of its 600 words, because other scripts need more tokens per word. */
export const maxSummaryTokens = 2_048;
/** Output tokens of a conversation's title, at most. */
export const maxTitleTokens = 64;
/** Names, descriptions and schemas of all tools, at most. */
export const maxToolBytes = 48 * 1024;
/** The owner's and the conversation's: in JSON a line break and the mark of the next line take four bytes. */
const instructionBytes = 2 * maxInstructionsLength * 4;
/** System prompt, tools, instructions and JSON around the thread. */
const bytesBesideThread = maxToolBytes + instructionBytes + 16 * 1024;
/** JSON writes a quotation mark or a line break as two bytes. */
const bytesPerThreadToken = 8;
/** Eight model calls, and each may need four attempts and one of the fallback. */
const maxCalls = 8 * 5;
/** The gate runs no more in one turn. */
const maxToolCalls = 16;

/** What a turn and one of its model calls can cost at most, in whole microdollars. */
export interface WorstCase {
  turn: number;
  call: number;
}

/** Returns the output tokens of one answer, at most. */
export const answerTokensOf = (effort: Effort | undefined): number =>
  effort === undefined ? maxAnswerTokens : maxThoughtfulTokens[effort];

/**
 * Returns what the turns of a deployment may cost and can cost, in whole microdollars. `worstByModel` has the worst case of each
 * model that a conversation may choose; `turnWorst` and `callWorst` are those of the default model.
 * @throws ConfigError if no turn could run with these settings
 */
export function turnBudgetOf(settings: BudgetSettings) {
  const faults = budgetFaults(settings);
  if (faults.length > 0) throw new ConfigError(faults);
  const worst = (modelId: string) => worstCaseOf(modelId, settings);
  const { call: callWorst, turn: turnWorst } = worst(settings.modelId);
  const worstByModel: Record<string, WorstCase> = Object.fromEntries(
    offeredModelIds(settings).map((id) => [id, worst(id)]),
  );
  return { caps: settings.budgetCaps, callWorst, turnWorst, worstByModel };
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
  const { turn, ...periods } = settings.budgetCaps;
  const dearest = offeredModelIds(settings)
    .map((id) => ({ id, ...worstCaseOf(id, settings) }))
    .reduce((dear, other) => (other.call > dear.call ? other : dear));
  if (dearest.call > turn) {
    const least = (Math.ceil(dearest.call / 10_000) / 100).toFixed(2);
    return [
      `BUDGET_TURN_USD is ${toUsd(turn)}, but one call of ${dearest.id} with a full thread may cost ${least}: raise it to at least ${least}, or lower THREAD_TOKENS`,
    ];
  }
  const reserved = Math.min(turn, dearest.turn);
  return periodSettings
    .filter(({ period }) => periods[period] < reserved)
    .map(
      ({ period, name }) =>
        `${name} is ${toUsd(periods[period])}, but each turn reserves ${toUsd(reserved)}: raise it to at least ${toUsd(reserved)}, or lower BUDGET_TURN_USD`,
    );
}

const periodSettings = [
  { period: "ownerDay", name: "BUDGET_OWNER_DAY_USD" },
  { period: "siteDay", name: "BUDGET_SITE_DAY_USD" },
  { period: "siteMonth", name: "BUDGET_SITE_MONTH_USD" },
] as const;

const modelsOf = (settings: BudgetSettings): string[] => [
  ...new Set([...offeredModelIds(settings), ...fallbackOf(settings)]),
];

const fallbackOf = ({ fallbackModelId }: BudgetSettings): string[] =>
  fallbackModelId === undefined ? [] : [fallbackModelId];

/**
 * Returns the most that a turn with this model can cost: all its model calls, and all its tool calls with the dearest tool.
 * Every model must have a price.
 */
function worstCaseOf(modelId: string, settings: BudgetSettings): WorstCase {
  const call = worstCallCost(modelId, settings);
  const dearestTool = Math.max(0, ...Object.values(toolPricesOf(settings)));
  return { call, turn: call * maxCalls + dearestTool * maxToolCalls };
}

/** The fallback may answer instead, and the default model writes the summary. */
function worstCallCost(modelId: string, settings: BudgetSettings): number {
  const requestBytes = settings.threadTokens * bytesPerThreadToken + bytesBesideThread;
  const mostTokens = Math.max(maxSummaryTokens, ...effortsOf(modelId).map(answerTokensOf));
  const costs = [modelId, ...fallbackOf(settings)].map((id) =>
    worstCostInMicrodollars(requiredPriceOf(id, settings.modelPrices), {
      requestBytes,
      outputTokens: mostTokens,
    }),
  );
  return Math.ceil(Math.max(...costs));
}
