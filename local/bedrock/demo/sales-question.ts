import {
  type Comparison,
  comparedTime,
  conditionsIn,
  hasUnreadPeriod,
  type Selection,
  timesIn,
  valuesOf,
} from "./sales-conditions.ts";
import {
  type Dimension,
  dimensionIn,
  isTime,
  type Measure,
  measureIn,
  secondDimensionIn,
} from "./sales-words.ts";

/** What a question asks of the sample sales database. */
export interface SalesQuestion extends Selection {
  /** Heads the table. */
  title: string;
  measure: Measure;
  groupBy: Dimension | undefined;
  /** Values of one column that are compared over time, each as a column of the result. */
  series: Comparison | undefined;
  /** How many rows at most, and from which end. */
  top: { count: number; isLowest: boolean } | undefined;
  plot: "bar" | "line" | "scatter" | undefined;
  /** Beside each value its part of the whole, in percent. */
  isShare: boolean;
}

const chart =
  /\b(?:draw|charts?|plot|graph|diagrams?|visuali[sz]e|(?:balken|säulen|linien|kreis|torten)?diagramme?|zeichne|grafik|kurve)\b/iu;
const asksShare =
  /\b(?:in|as) (?:a )?(?:percent(?:ages?)?|prozent)\b|\bin %|\bals prozent|\b(?:shares?|anteile?)\b/iu;
const askWords =
  /\b(?:what|which|who|how|show|list|give|tell|compare|total|top|best|worst|by|per|draw|chart|plot|was|welche\w*|wer|wie|zeige?|liste|vergleiche?|gesamt\w*|nach|pro|je|zeichne|our|unser\w*|average|number)\b/iu;
const followUp =
  /^(?:and|und|now|jetzt|what about|how about|same|the same|dasselbe|und was ist mit|as an?|als|in (?:percent|prozent|%)|which of (?:them|these|those)|welche[rs]? (?:davon|von))(?![\p{L}\d])/iu;

/** A question is forgotten behind so many messages about something else. */
const forgottenAfter = 3;

/** Returns what the newest message asks. A message such as "And by quarter?" adds to the question before it. */
export function readSalesQuestion(
  text: string,
  before: readonly string[],
): SalesQuestion | undefined {
  const own = readOne(text);
  if (own || !isFollowUp(text)) return own;
  let earlier: SalesQuestion | undefined;
  let others = 0;
  for (const message of before) {
    const next = readOne(message) ?? (earlier && addTo(earlier, message));
    others = next ? 0 : others + 1;
    earlier = others < forgottenAfter ? (next ?? earlier) : undefined;
  }
  return earlier && addTo(earlier, text);
}

/** The tool takes 120 UTF-16 units. */
const titleOf = (text: string): string =>
  text
    .trim()
    .replace(/[.?!\s]+$/u, "")
    .slice(0, 120)
    .toWellFormed();

const isFollowUp = (text: string): boolean => followUp.test(text) && text.length <= 80;

/** Returns the earlier question with what a follow-up changes. */
function addTo(earlier: SalesQuestion, text: string): SalesQuestion | undefined {
  if (!isFollowUp(text) || isUnread(text) || comparedTime(text)) return undefined;
  const groupBy = dimensionIn(text);
  const [top, plot] = [topIn(text), plotIn(text, groupBy ?? earlier.groupBy)];
  const { conditions, isRelative } = conditionsIn(text);
  const isShare = asksShare.test(text) && (groupBy ?? earlier.groupBy) !== undefined;
  if (!groupBy && !top && !plot && !isShare && conditions.length === 0) return undefined;
  const hasOtherTime = conditions.some((condition) => condition.includes("ordered_on"));
  const isOtherPlot = !groupBy && !top && !isShare && conditions.length === 0;
  return {
    ...earlier,
    title: isOtherPlot ? earlier.title : titleOf(`${earlier.title} – ${text}`),
    groupBy: groupBy ?? earlier.groupBy,
    series: earlier.series?.column === "year" && hasOtherTime ? undefined : earlier.series,
    top: top ?? (groupBy ? undefined : earlier.top),
    plot: plot ?? earlier.plot,
    isShare: isShare || earlier.isShare,
    ...mergeConditions(earlier, { conditions, isRelative }),
  };
}

/** A new condition replaces those on the same column: "and in Italy?" keeps the year. */
function mergeConditions(earlier: Selection, added: Selection): Selection {
  const columnOf = (condition: string) =>
    /ordered_on|\w+/u.exec(condition.replace(/^\w+\(.*?(?=ordered_on)/u, ""))?.[0];
  const replaced = new Set(added.conditions.map(columnOf));
  const kept = earlier.conditions.filter((condition) => !replaced.has(columnOf(condition)));
  return {
    conditions: [...kept, ...added.conditions],
    isRelative: added.isRelative || (earlier.isRelative && !replaced.has("ordered_on")),
  };
}

const exclusion = /(?:\b(?:not|never|without|except|excluding|nicht|ohne|außer)|n['’]t)\b/iu;

/** Whether a query would leave out, or count, what the text does not mean. */
const isUnread = (text: string): boolean => hasUnreadPeriod(text) || exclusion.test(text);

function readOne(text: string): SalesQuestion | undefined {
  const { conditions, isRelative, compared: values } = conditionsIn(text);
  const times = comparedTime(text);
  // "Compare 2024 and 2025": sales are what the database knows of a year.
  const isComparison =
    comparison.test(text) && (times !== undefined || (values && dimensionIn(text) !== undefined));
  const measure = measureIn(text) ?? (isComparison ? "revenue" : undefined);
  if (measure === undefined) return undefined;
  if (measure === "customers_without_order") return readAbsence(text, { conditions, isRelative });
  if (measure !== "growth" && isUnread(text)) return undefined;
  const second = secondDimensionIn(text);
  const compared = values ?? (second && valuesOf(second));
  // Half of what is asked would be the answer to another question.
  if (second && (!compared || !isTime(dimensionIn(text)) || measure === "average_order_value"))
    return undefined;
  if (conditions.length === 0 && !askWords.test(text) && !chart.test(text)) return undefined;
  // A customer has no end, so a time counts the new ones only.
  const isTimed = conditions.some((condition) => condition.includes("ordered_on"));
  if (measure === "customers" && isTimed && !/\b(?:new|neue)\b/iu.test(text)) return undefined;
  const isCount = measure === "customers" || measure === "products";
  const named = dimensionIn(
    isCount ? text.replace(/^.*?\b(?:customers|products|kunden|produkte)\b/iu, "") : text,
  );
  const isOverTime = isTime(named);
  const hasGroups = !/^growth$|_list$/u.test(measure);
  const groupBy = isOverTime ? named : (compared?.column ?? named ?? times);
  const years = times === "year" && groupBy !== "year" && measure !== "growth";
  const series = isOverTime ? compared : undefined;
  // One table shows two things beside each other, and has one order.
  if (years && (series || topIn(text) || asksShare.test(text))) return undefined;
  if (years && measure === "average_order_value" && !isOverTime) return undefined;
  const compareYears = years && measure !== "average_order_value";
  return {
    title: titleOf(text),
    measure,
    groupBy: hasGroups ? groupBy : undefined,
    conditions,
    isRelative: isRelative && measure !== "growth",
    series: hasGroups ? (compareYears ? yearsOf(text) : series) : undefined,
    top: topIn(text),
    plot: plotIn(text, groupBy),
    isShare: asksShare.test(text),
  };
}

const comparison = /\b(?:compare|comparison|versus|vs\.?|vergleiche?|im vergleich)(?!\p{L})/iu;

const yearsOf = (text: string): Comparison => ({
  column: "year",
  values: timesIn(text).years.map(String),
});

/** "Which customers did not order in 2025?" No rule knows which products an order lacks. */
function readAbsence(text: string, selection: Selection): SalesQuestion | undefined {
  const isOfProducts = selection.conditions.some((condition) => condition.startsWith("category"));
  if (hasUnreadPeriod(text) || isOfProducts) return undefined;
  return {
    ...{ title: titleOf(text), measure: "customers_without_order", ...selection, isShare: false },
    ...{ groupBy: undefined, series: undefined, top: undefined, plot: undefined },
  };
}

function topIn(text: string): SalesQuestion["top"] {
  const isLowest =
    /\b(?:worst|weakest|least|lowest|bottom|smallest|schlechteste\w*|wenigsten|kleinste\w*)\b/iu.test(
      text,
    );
  const [, count] =
    /\b(?:top|best|worst|bottom|first|die|besten?|größten?)\s+(\d{1,3})\b|\b(\d{1,3})\s+(?:best|biggest|largest|worst|besten|größten)\b/iu
      .exec(text)
      ?.filter((group) => group !== undefined) ?? [];
  if (count !== undefined) return { count: Math.max(1, Math.min(100, Number(count))), isLowest };
  const isTop =
    isLowest ||
    /\b(?:top|best|most|strongest|biggest|largest|highest|meisten?|stärkste\w*|beste[nrs]?|größte[nrs]?|höchste\w*)\b/iu.test(
      text,
    );
  return isTop ? { count: 10, isLowest } : undefined;
}

function plotIn(text: string, groupBy: Dimension | undefined): SalesQuestion["plot"] {
  if (!chart.test(text)) return undefined;
  if (/\bbars?\b|\bbalken|säulen/iu.test(text)) return "bar";
  if (/\bscatter\b|punkte/iu.test(text)) return "scatter";
  if (/\blines?\b|linien/iu.test(text)) return "line";
  return groupBy && !isTime(groupBy) ? "bar" : "line";
}
