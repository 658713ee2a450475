/** What a question asks of the sample sales database. */
export interface SalesQuestion {
  measure: Measure;
  groupBy: Dimension | undefined;
  /** Conditions on columns, as SQL. */
  conditions: string[];
  /** The time is counted back from the last order, not from today. */
  isRelative: boolean;
  /** Values of one column that are compared over time, each as a column of the result. */
  series: { column: string; values: string[] } | undefined;
  /** How many rows at most, and from which end. */
  top: { count: number; isLowest: boolean } | undefined;
  plot: "bar" | "line" | "scatter" | undefined;
}

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
  | "product_list";
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

/** Words of values, and the values. */
const values: Record<string, Record<string, string>> = {
  country: {
    germany: "Germany",
    deutschland: "Germany",
    "united kingdom": "United Kingdom",
    uk: "United Kingdom",
    großbritannien: "United Kingdom",
    france: "France",
    frankreich: "France",
    netherlands: "Netherlands",
    niederlande: "Netherlands",
    niederlanden: "Netherlands",
    italy: "Italy",
    italien: "Italy",
    poland: "Poland",
    polen: "Poland",
    "united states": "United States",
    usa: "United States",
    us: "United States",
    canada: "Canada",
    kanada: "Canada",
    mexico: "Mexico",
    mexiko: "Mexico",
    japan: "Japan",
    australia: "Australia",
    australien: "Australia",
    singapore: "Singapore",
    singapur: "Singapore",
    brazil: "Brazil",
    brasilien: "Brazil",
  },
  region: {
    europe: "Europe",
    europa: "Europe",
    "north america": "North America",
    nordamerika: "North America",
    "asia pacific": "Asia Pacific",
    asia: "Asia Pacific",
    asien: "Asia Pacific",
    "south america": "South America",
    südamerika: "South America",
  },
  category: {
    coffee: "Coffee",
    kaffee: "Coffee",
    tea: "Tea",
    tee: "Tea",
    machines: "Machines",
    maschinen: "Machines",
    accessories: "Accessories",
    zubehör: "Accessories",
    snacks: "Snacks",
    "gift sets": "Gift sets",
    geschenksets: "Gift sets",
  },
  channel: {
    web: "web",
    online: "web",
    marketplace: "marketplace",
    marktplatz: "marketplace",
    "sales team": "sales team",
  },
};

const monthNumbers = new Map(
  ["en-GB", "de-DE"].flatMap((locale) =>
    Array.from({ length: 12 }, (_, month) => {
      const format = new Intl.DateTimeFormat(locale, { month: "long", timeZone: "UTC" });
      return [format.format(new Date(Date.UTC(2026, month, 1))).toLowerCase(), month + 1] as const;
    }),
  ),
);

const chart =
  /\b(?:draw|charts?|plot|graph|diagrams?|visuali[sz]e|diagramme?|zeichne|grafik|kurve)\b/iu;
const askWords =
  /\b(?:what|which|who|how|show|list|give|tell|compare|total|top|best|worst|by|per|draw|chart|plot|was|welche\w*|wer|wie|zeige?|liste|vergleiche?|gesamt\w*|nach|pro|je|zeichne|our|unser\w*|average|number)\b/iu;
const followUp =
  /^(?:and|und|now|jetzt|what about|how about|same|the same|dasselbe|und was ist mit)\b/iu;

/** Returns what the newest message asks. A message such as "And by quarter?" adds to the question before it. */
export function readSalesQuestion(
  text: string,
  before: readonly string[],
): SalesQuestion | undefined {
  const own = readOne(text);
  if (own) return own;
  if (!followUp.test(text) || text.length > 80) return undefined;
  const earlier = before
    .toReversed()
    .slice(0, 3)
    .map(readOne)
    .find((found) => found !== undefined);
  if (!earlier) return undefined;
  const [groupBy, top, plot] = [dimensionIn(text), topIn(text), plotIn(text, undefined)];
  const { conditions, isRelative } = conditionsIn(text);
  if (!groupBy && !top && !plot && conditions.length === 0) return undefined;
  return {
    ...earlier,
    groupBy: groupBy ?? earlier.groupBy,
    top: top ?? (groupBy ? undefined : earlier.top),
    plot: plot ?? earlier.plot,
    ...mergeConditions(earlier, { conditions, isRelative }),
  };
}

/** A new condition replaces those on the same column: "and in Italy?" keeps the year. */
function mergeConditions(
  earlier: Pick<SalesQuestion, "conditions" | "isRelative">,
  added: Pick<SalesQuestion, "conditions" | "isRelative">,
) {
  const columnOf = (condition: string) =>
    /ordered_on|\w+/u.exec(condition.replace(/^\w+\(.*?(?=ordered_on)/u, ""))?.[0];
  const replaced = new Set(added.conditions.map(columnOf));
  const kept = earlier.conditions.filter((condition) => !replaced.has(columnOf(condition)));
  return {
    conditions: [...kept, ...added.conditions],
    isRelative: added.isRelative || (earlier.isRelative && !replaced.has("ordered_on")),
  };
}

function readOne(text: string): SalesQuestion | undefined {
  const measure = measures.find(([pattern]) => pattern.test(text))?.[1];
  if (measure === undefined) return undefined;
  const { conditions, isRelative, compared } = conditionsIn(text);
  if (conditions.length === 0 && !askWords.test(text) && !chart.test(text)) return undefined;
  const isCount = measure === "customers" || measure === "products";
  const named = dimensionIn(
    isCount ? text.replace(/^.*?\b(?:customers|products|kunden|produkte)\b/iu, "") : text,
  );
  const isOverTime = named !== undefined && timeDimensions.includes(named);
  const hasGroups = !/^growth$|_list$/u.test(measure);
  const groupBy = isOverTime ? named : (compared?.column ?? named);
  return {
    measure,
    groupBy: hasGroups ? groupBy : undefined,
    conditions,
    isRelative: isRelative && measure !== "growth",
    series: hasGroups && isOverTime ? compared : undefined,
    top: topIn(text),
    plot: plotIn(text, groupBy),
  };
}

/** A dimension after "by" or "per" comes first. "In the last year" is a time, not a dimension. */
function dimensionIn(text: string): Dimension | undefined {
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
    (isBestTime || !timeDimensions.includes(dimension)) &&
    /\b(?:which|who|top|best|worst|most|least|lowest|highest|strongest|weakest|welche\w*|wer|kunden|stärkste\w*|schlechteste\w*|beste\w*|meisten|größte\w*|compare|vergleiche?)\b/iu.test(
      text,
    )
    ? dimension
    : undefined;
}

const periodWords =
  /\b(?:last|previous|this|past|letzte[nrms]?|vorige[nrms]?|diese[nrms]?|im|vergangene[nrms]?)\s+(?:\d+\s+)?(?:years?|quarters?|months?|weeks?|days?|jahre?n?|quartale?n?|monate?n?|wochen?|tage?n?)\b/giu;

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
  return groupBy && !timeDimensions.includes(groupBy) ? "bar" : "line";
}

const lastDay = "(select max(ordered_on) from orders)";
const inPeriod = (unit: string, back: number) =>
  `date_trunc('${unit}', ordered_on) = date_trunc('${unit}', ${lastDay})${back > 0 ? ` - interval '${back} ${unit === "quarter" ? "months" : unit}'` : ""}`;

function conditionsIn(text: string): {
  conditions: string[];
  isRelative: boolean;
  compared: { column: Dimension; values: string[] } | undefined;
} {
  const relative = relativePeriod(text);
  const conditions = relative ? [relative] : absolutePeriod(text);
  let compared: { column: Dimension; values: string[] } | undefined;
  for (const [column, words] of Object.entries(values)) {
    const found = new Set(
      Object.entries(words).flatMap(([word, value]) =>
        new RegExp(String.raw`(?<![\p{L}])${word}(?![\p{L}])`, word === "us" ? "u" : "iu").test(
          word === "us"
            ? text.replaceAll(/\bUS\b/gu, "us").replaceAll(/\bus\b(?=\s*[a-z])/gu, "")
            : text,
        )
          ? [value]
          : [],
      ),
    );
    if (found.size === 0) continue;
    const list = [...found].map((value) => `'${value}'`).join(", ");
    conditions.push(found.size === 1 ? `${column} = ${list}` : `${column} in (${list})`);
    if (found.size > 1) compared ??= { column: column as Dimension, values: [...found] };
  }
  return { conditions, isRelative: relative !== undefined, compared };
}

function relativePeriod(text: string): string | undefined {
  const [, count, unit = ""] =
    /\b(?:last|past|previous|letzten?|vergangenen)\s+(\d{1,3})\s+(days?|weeks?|months?|years?|tagen?|wochen|monaten?|jahren?)\b/iu.exec(
      text,
    ) ?? [];
  if (count !== undefined) {
    const word = /^(?:d|t)/iu.test(unit)
      ? "days"
      : /^w/iu.test(unit)
        ? "weeks"
        : /^m/iu.test(unit)
          ? "months"
          : "years";
    // Whole weeks and months: the data ends with a whole month.
    return word === "weeks" || word === "months"
      ? `date_trunc('${word}', ordered_on) > date_trunc('${word}', ${lastDay}) - interval '${count} ${word}'`
      : `ordered_on > ${lastDay} - interval '${count} ${word}'`;
  }
  const last =
    /\b(?:last|previous|letzte[nrms]?|vorige[nrms]?|vergangene[nrms]?)\s+(year|quarter|month|week|jahr\w*|quartal\w*|monat\w*|woche)\b|\b(vorjahr)\b/iu.exec(
      text,
    );
  const current =
    /\b(?:this|current|diese[nrms]?|aktuelle[nrms]?|laufende[nrms]?)\s+(year|quarter|month|week|jahr\w*|quartal\w*|monat\w*|woche)\b/iu.exec(
      text,
    );
  const word = (last?.[1] ?? last?.[2] ?? current?.[1] ?? "").toLowerCase();
  if (word === "") return undefined;
  const back = last ? 1 : 0;
  // The data ends with a whole month, which is the last one.
  if (/year|jahr/u.test(word)) return inPeriod("year", back);
  if (/quart/u.test(word)) return inPeriod("quarter", 3 * back);
  return inPeriod(/mon/u.test(word) ? "month" : "week", 0);
}

function absolutePeriod(text: string): string[] {
  const [, year] = /\b(20\d\d)\b/u.exec(text) ?? [];
  const [, quarter] = /\bQ([1-4])\b/iu.exec(text) ?? [];
  const named =
    /\b(first|second|third|fourth|erste[ns]|zweite[ns]|dritte[ns]|vierte[ns])\s+(?:quarter|quartal)\b/iu.exec(
      text,
    )?.[1];
  const order = ["f", "s", "t", "fo", "e", "z", "d", "v"];
  const number =
    quarter ??
    (named &&
      String(
        (order.indexOf(/^fo/iu.test(named) ? "fo" : (named[0]?.toLowerCase() ?? "")) % 4) + 1,
      ));
  const month = [...monthNumbers].find(
    ([name]) =>
      new RegExp(String.raw`(?<!\p{L})${name}(?!\p{L})`, "iu").test(text) &&
      !(name === "may" && !/\b(?:in|of|for) may\b|\bmay 20/iu.test(text)),
  );
  return [
    ...(year ? [`extract(year from ordered_on) = ${year}`] : []),
    ...(number ? [`extract(quarter from ordered_on) = ${number}`] : []),
    ...(month ? [`extract(month from ordered_on) = ${month[1]}`] : []),
  ];
}
