/** What a question can measure in the sample sales database. */
export type Measure =
  | "revenue"
  | "orders"
  | "units"
  | "average_order_value"
  | "profit"
  | "returned_units"
  | "growth"
  | "customers"
  | "products"
  | "customer_list"
  | "customers_without_order"
  | "product_list";
/** By what a question can group. */
export type Dimension =
  | "month"
  | "quarter"
  | "year"
  | "week"
  | "product"
  | "category"
  | "region"
  | "country"
  | "customer"
  | "segment"
  | "channel";

const measures: [RegExp, Measure][] = [
  [
    /\b(?:customers?|clients?|kunden)\b.*(?:\b(?:not|never|nicht|nichts|nie|keine?)|n['’]t)\b.*\b(?:order\w*|buy|bought|bestell\w*|gekauft)\b/iu,
    "customers_without_order",
  ],
  [
    /\b(?:gr[eo]w(?:th|n|ing)?|increased?|year[- ]over[- ]year|yoy|compared (?:with|to) (?:the )?last year|wachstum|gewachsen|wuchs(?:en)?|verglichen mit dem vorjahr|gegenüber dem vorjahr)\b/iu,
    "growth",
  ],
  [
    /\b(?:average|mean|durchschnittlich\w*|mittlere\w*)\b.*\b(?:order|basket|bestell\w*|auftrags\w*)|\border value\b|\baov\b|\bbestellwert\b/iu,
    "average_order_value",
  ],
  [/\b(?:profit|margin|earn(?:ed|ings)?|gewinn|marge|rohertrag)\b/iu, "profit"],
  [/\b(?:return(?:s|ed)|refunds?|retouren|zurückgegeben\w*|rückgaben)\b/iu, "returned_units"],
  [/\b(?:units|quantity|quantities|pieces|items sold|stück(?:zahl)?|mengen?)\b/iu, "units"],
  [
    /\b(?:list|show|what are|which are|liste|zeige?)\b(?: me| mir| the| our| all| alle| die| unsere)* (?:products|articles|produkte|artikel)\s*[.?!]*$/iu,
    "product_list",
  ],
  [
    /\b(?:list|show|who are|liste|zeige?)\b(?: me| mir| the| our| all| alle| die| unsere)* (?:customers|clients|kunden)\s*[.?!]*$/iu,
    "customer_list",
  ],
  [
    /\b(?:how many|number of|count of|wie viele|anzahl(?: der)?) (?:different |neue |new )?(?:customers|clients|kunden)\b/iu,
    "customers",
  ],
  [
    /\b(?:how many|number of|count of|wie viele|anzahl(?: der)?) (?:different )?(?:products|articles|produkte|artikel)\b(?! .*\b(?:sold|verkauft)\b)/iu,
    "products",
  ],
  [
    /\b(?:sales|revenues?|turnover|income|umsatz\w*|umsätze\w*|erlöse?|verkäufe\w*|bought the most|spent the most|spend|spent)\b/iu,
    "revenue",
  ],
  [
    /\b(?:(?:how many|number of|count of|wie viele|anzahl(?: der)?|plot|chart|show|zeige) (?:me |mir )?(?:the |die )?(?:monthly |weekly |quarterly |yearly )?(?:orders|bestellungen|aufträge)|\b(?:monthly|weekly|quarterly|yearly) orders|orders (?:per|by|in|last|were|did|each)|bestellungen (?:pro|je|nach|im|in))\b/iu,
    "orders",
  ],
  [
    /\b(?:best|worst|strongest|weakest|beste\w*|schlechteste\w*|stärkste\w*)\s+(?:month|quarter|year|week|monat|quartal|jahr|woche)\b/iu,
    "revenue",
  ],
  [/\bkunden?\b.*\b(?:am meisten|gekauft)\b/iu, "revenue"],
  [
    /\b(?:best|worst|top|most|least|meist|beste\w*|größte\w*)\b.*\b(?:customers?|products?|country|countries|category|categories|region|selling|sellers?|kunden?|produkte?|länder|kategorien?|verkauft\w*)\b/iu,
    "revenue",
  ],
];

const dimensions: [RegExp, Dimension][] = [
  [/\b(?:month|months|monthly|monat\w*)\b/iu, "month"],
  [/\b(?:quarters?|quarterly|quartal\w*)\b/iu, "quarter"],
  [/\b(?:weeks?|weekly|woche\w*|wöchentlich)\b/iu, "week"],
  [/\b(?:years?|yearly|annual(?:ly)?|jahre?n?|jährlich)\b/iu, "year"],
  [/\b(?:categor(?:y|ies)|kategorien?|warengruppen?)\b/iu, "category"],
  [/\b(?:products?|articles?|items?|best[- ]?sell(?:ing|ers?)|produkte?n?|artikel)\b/iu, "product"],
  [/\b(?:countr(?:y|ies)|land|länder\w*)\b/iu, "country"],
  [/\b(?:regions?|continents?|regionen?)\b/iu, "region"],
  [/\b(?:customers?|clients?|buyers?|compan(?:y|ies)|kunden?|firmen?|firma)\b/iu, "customer"],
  [/\b(?:segments?|company size|segmenten?)\b/iu, "segment"],
  [/\b(?:channels?|kan[aä]le?n?)\b/iu, "channel"],
];
const timeDimensions: readonly Dimension[] = ["month", "quarter", "week", "year"];

export const isTime = (dimension: Dimension | undefined): boolean =>
  dimension !== undefined && timeDimensions.includes(dimension);

/** Returns what the text measures. */
export const measureIn = (text: string): Measure | undefined =>
  measures.find(([pattern]) => pattern.test(text))?.[1];

/** A dimension after "by" or "per" comes first. "In the last year" is a time, not a dimension. */
export function dimensionIn(text: string): Dimension | undefined {
  const grouped = /\b(?:by|per|each|for each|nach|pro|je)\s+(?:the )?(.+)$/iu.exec(text)?.[1];
  const found = (part: string) => dimensions.find(([pattern]) => pattern.test(part))?.[1];
  const named = grouped === undefined ? undefined : found(grouped);
  if (named) return named;
  if (
    /\b(?:monthly|quarterly|yearly|weekly|over time|monatlich\w*|im lauf\w* der zeit)\b/iu.test(
      text,
    )
  ) {
    return found(text) ?? "month";
  }
  const bare = text.replaceAll(periodWords, " ");
  const dimension = found(bare);
  const isBestTime =
    /\b(?:best|worst|strongest|weakest|beste\w*|schlechteste\w*|stärkste\w*)\b/iu.test(text);
  return dimension &&
    (isBestTime || !isTime(dimension)) &&
    /\b(?:which|who|top|best|worst|most|least|lowest|highest|strongest|weakest|welche\w*|wer|kunden|stärkste\w*|schlechteste\w*|beste\w*|meisten|größte\w*|compare|vergleiche?)\b/iu.test(
      text,
    )
    ? dimension
    : undefined;
}

/** "By month and region" has a second dimension. */
export function secondDimensionIn(text: string): Dimension | undefined {
  const [, one = "", other = ""] =
    /\b(?:by|per|nach|pro|je)\s+(?:the )?(\p{L}+)\s*(?:and|und|,|&)\s*(?:by |per |nach |pro )?(?:the )?(\p{L}+)/iu.exec(
      text,
    ) ?? [];
  const [first, second] = [one, other].map(
    (word) => dimensions.find(([pattern]) => pattern.test(word))?.[1],
  );
  return first && second !== first ? second : undefined;
}

const periodWords =
  /\b(?:last|previous|this|past|letzte[nrms]?|vorige[nrms]?|diese[nrms]?|im|vergangene[nrms]?)\s+(?:\d+\s+)?(?:years?|quarters?|months?|weeks?|days?|jahre?n?|quartale?n?|monate?n?|wochen?|tage?n?)\b/giu;
