import type { Dimension } from "./sales-words.ts";

/** The rows that a question asks for. */
export interface Selection {
  /** Conditions on columns, as SQL. */
  conditions: string[];
  /** The time is counted back from the last order, not from today. */
  isRelative: boolean;
}

/** Values of one column that a question compares. */
export interface Comparison {
  column: Dimension;
  values: string[];
}

/** Returns the conditions of the text. `compared` is the first column of which it names several values. */
export function conditionsIn(text: string): Selection & { compared: Comparison | undefined } {
  const relative = relativePeriod(text);
  const conditions = relative ? [relative] : absolutePeriod(text);
  let compared: Comparison | undefined;
  for (const [column, words] of Object.entries(values)) {
    const named = Object.entries(words).filter(([word]) => names(text, word));
    const found = new Set(named.map(([, value]) => value));
    if (found.size === 0) continue;
    const list = [...found].map((value) => `'${value}'`).join(", ");
    conditions.push(found.size === 1 ? `${column} = ${list}` : `${column} in (${list})`);
    if (found.size > 1) compared ??= { column: column as Dimension, values: [...found] };
  }
  return { conditions, isRelative: relative !== undefined, compared };
}

/** "Show us the revenue" names no country, so US counts in capitals only. */
const names = (text: string, word: string): boolean =>
  new RegExp(String.raw`(?<!\p{L})${word}(?!\p{L})`, word === "US" ? "u" : "iu").test(text);

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
    US: "United States",
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

/** Returns all values of a column that has few. */
export function valuesOf(column: Dimension): Comparison | undefined {
  const all = new Set(Object.values(values[column] ?? {}));
  return all.size > 0 && all.size <= 8 ? { column, values: [...all] } : undefined;
}

const monthNumbers = new Map(
  ["en-GB", "de-DE"].flatMap((locale) =>
    Array.from({ length: 12 }, (_, month) => {
      const format = new Intl.DateTimeFormat(locale, { month: "long", timeZone: "UTC" });
      return [format.format(new Date(Date.UTC(2026, month, 1))).toLowerCase(), month + 1] as const;
    }),
  ),
);

const lastDay = "(select max(ordered_on) from orders)";
const inPeriod = (unit: string, back: number) =>
  `date_trunc('${unit}', ordered_on) = date_trunc('${unit}', ${lastDay})${back > 0 ? ` - interval '${back} ${unit === "quarter" ? "months" : unit}'` : ""}`;

const weekday =
  "(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:mon|diens|donners|frei|sams|sonn)tags?|mittwochs?";
const unreadPeriod = new RegExp(
  String.raw`\b(?:before|after|until|between|zwischen|vor|ago|weekends?|wochenenden?|tomorrow|next|nächste[nrms]?|${weekday})\b|\b\d{4}-\d\d-\d\d\b|\b\d{1,2}[./]\d{1,2}[./]`,
  "iu",
);

/** "2024 to 2026" names more years than two. */
const range =
  /\b(?:20\d\d|q[1-4]|\p{L}{3,9})\s*(?:to|through|bis|–|-)\s*(?:20\d\d|q[1-4])(?!\d)|\bsince 20\d\d.*20\d\d|\bseit 20\d\d.*20\d\d/iu;

/** Whether the text names a time that the rules cannot read. A query without it would answer another question. */
export function hasUnreadPeriod(text: string): boolean {
  const { years, quarters, months } = timesIn(text);
  const several = [years, quarters, months].filter(({ length }) => length > 1);
  const isDay = [...monthNumbers.keys()].some((name) =>
    new RegExp(
      String.raw`\b\d{1,2}(?:st|nd|rd|th|\.)? (?:of )?${name}\b|\b${name} \d{1,2}\b`,
      "iu",
    ).test(text),
  );
  // "May 2024 and June 2025" are two months, not four.
  return (
    unreadPeriod.test(text) ||
    twoPeriods.test(text) ||
    range.test(text) ||
    isMonthRange(text) ||
    isDay ||
    several.length > 1
  );
}

/** "This year vs last year", "the first and second quarter": a query would have one of the two only. */
const twoPeriods =
  /\b(?:this|current|diese\w*)\s+\p{L}+\b.*\b(?:last|previous|letzte\w*|vorige\w*)\b|\b(?:last|previous|letzte\w*|vorige\w*)\s+\p{L}+\b.*\b(?:this|current|diese\w*)\b|\b(?:first|second|third|erste\w*|zweite\w*|dritte\w*)\s+(?:and|und|vs\.?|with|mit)\s+(?:the |das |dem )?(?:second|third|fourth|zweite\w*|dritte\w*|vierte\w*)\s+(?:quarter|quartal)/iu;

const isMonthRange = (text: string): boolean =>
  [...monthNumbers.keys()].some((name) =>
    new RegExp(String.raw`\b${name}(?: 20\d\d)?\s*(?:to|through|bis|–|-)\s`, "iu").test(text),
  );

/** The years, quarters and months that a text names. */
export function timesIn(text: string): Record<"years" | "quarters" | "months", number[]> {
  const written = [...text.matchAll(/\bQ([1-4])\b/giu)].map(([, quarter]) => Number(quarter));
  const inWords = namedQuarter(text);
  const months = [...monthNumbers].filter(
    ([name]) => names(text, name) && !(name === "may" && !mayIsMonth.test(text)),
  );
  const unique = (numbers: number[]) => [...new Set(numbers)].sort((one, other) => one - other);
  return {
    years: unique((text.match(/\b20\d\d\b/gu) ?? []).map(Number)),
    quarters: unique(written.length > 0 || inWords === 0 ? written : [inWords]),
    months: unique(months.map(([, number]) => number)),
  };
}

const mayIsMonth = /\b(?:in|of|for|and|or) may\b|, may\b|\bmay(?: 20|,| and\b| or\b)/iu;

/** Returns the unit of time of which the text names several. */
export function comparedTime(text: string): "year" | "quarter" | "month" | undefined {
  const { years, quarters, months } = timesIn(text);
  if (years.length > 1) return "year";
  if (quarters.length > 1) return "quarter";
  return months.length > 1 ? "month" : undefined;
}

function relativePeriod(text: string): string | undefined {
  const [, today, yesterday] = /\b(?:(today|heute)|(yesterday|gestern))\b/iu.exec(text) ?? [];
  if (today) return `ordered_on = ${lastDay}`;
  if (yesterday) return `ordered_on = ${lastDay} - 1`;
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
  const { years, quarters, months } = timesIn(text);
  const isSince = /\b(?:since|seit) 20\d\d\b/iu.test(text);
  const condition = (unit: string, [first, ...more]: number[], sign = "=") => {
    if (first === undefined) return [];
    const part = `extract(${unit} from ordered_on)`;
    return [
      more.length > 0 ? `${part} in (${[first, ...more].join(", ")})` : `${part} ${sign} ${first}`,
    ];
  };
  return [
    ...condition("year", years, isSince ? ">=" : "="),
    ...condition("quarter", quarters),
    ...condition("month", months),
  ];
}

const ordinals = ["first|erste[ns]", "second|zweite[ns]", "third|dritte[ns]", "fourth|vierte[ns]"];

/** Returns 1 for "the first quarter", and 0 if the text names none. */
const namedQuarter = (text: string): number =>
  ordinals.findIndex((ordinal) =>
    new RegExp(String.raw`\b(?:${ordinal})\s+(?:quarter|quartal)\b`, "iu").test(text),
  ) + 1;
