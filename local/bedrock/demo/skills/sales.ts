import {
  type Language,
  localeOf,
  sayIn,
  showNumber,
  withCapital,
} from "#local/bedrock/demo/language.ts";
import { excuse } from "#local/bedrock/demo/outcome.ts";
import { readSalesQuestion, type SalesQuestion } from "#local/bedrock/demo/sales-question.ts";
import { writeSalesSql } from "#local/bedrock/demo/sales-sql.ts";
import { findTool, type Question, type Skill, type Work } from "#local/bedrock/demo/skill.ts";
import { type Rows, readRows } from "#local/bedrock/demo/sql-result.ts";

/** A statement of SQL, also one that the tool must refuse. */
const isSql =
  /^(?:run |execute |führe )?(?:sql:?\s*)?((?:select\s+(?:.*\sfrom\s|[\d'(*]).*|with\s+\w+\s+as\s*\(.+|(?:drop|truncate|alter|create)\s+(?:table|view|schema|database|index|function)\b.+|delete\s+from\b.+|insert\s+into\b.+|update\s+\w+\s+set\b.+|grant\b.+\bto\b.+))$/isu;
const tablesQuestion =
  /\b(?:what|which|list|show|welche|zeige?)\b.*\b(?:tables?|views?|columns|schema|tabellen|sichten|spalten)\b|\b(?:what(?:['’]s| is) in|was ist in|was enthält) (?:the|der|die) (?:sample |sales )*(?:database|(?:beispiel)?datenbank)\b/iu;

/** A query that the person wrote. The tool decides whether it may run. */
export const ownSql: Skill = (question) => {
  const [, sql] = isSql.exec(question.text) ?? [];
  return sql && findTool(question, "sql_query")
    ? query(question, sql.replace(/;\s*$/u, ""), {}, (rows) => [plainFinding(rows, question)])
    : undefined;
};

/** Questions about the sample sales database. The query that answers is shown. */
export const sales: Skill = (question) => {
  const tool = findTool(question, "sql_query");
  // The rules know no other database.
  if (!tool?.description?.includes("order_lines")) return undefined;
  if (tablesQuestion.test(question.text)) return listTables(question, tool.description);
  const asked = readSalesQuestion(question.text, question.messages.slice(0, -1));
  if (!asked) return undefined;
  const say = sayIn(question.language);
  const remarks = [
    asked.isRelative
      ? say(
          "Time is counted back from the last order in the data.",
          "Die Zeit ist ab der letzten Bestellung in den Daten zurückgerechnet.",
        )
      : "",
    asked.measure === "growth"
      ? say(
          "It compares the same months of each year.",
          "Verglichen sind dieselben Monate jedes Jahres.",
        )
      : "",
    /\bpie\b|kreisdiagramm|tortendiagramm/iu.test(question.text)
      ? say(
          "There are charts of bars, lines and points, and no pies.",
          "Es gibt Diagramme mit Balken, Linien und Punkten, keine Torten.",
        )
      : "",
  ];
  const options = { title: asked.title, ...(asked.plot && { plot: asked.plot }) };
  return query(question, writeSalesSql(asked), options, (rows) => [
    finding(rows, asked, question),
    ...remarks,
    coverage(rows, asked, question),
  ]);
};

function* query(
  question: Question,
  sql: string,
  options: object,
  describe: (rows: Rows) => string[],
): Work {
  const tool = findTool(question, "sql_query");
  if (!tool) return "";
  const say = sayIn(question.language);
  const [outcome] = yield {
    calls: [{ tool, input: { sql, ...options } }],
    announcement: say("Let me ask the database.", "Ich frage die Datenbank."),
  };
  if (!outcome) return "";
  const shown = `\`\`\`sql\n${sql}\n\`\`\``;
  if (outcome.state !== "done") return `${shown}\n\n${excuse(outcome, tool.name, question)}`;
  return [shown, describe(readRows(outcome.text)).filter(Boolean).join(" ")].join("\n\n");
}

/** One value, or a table that the page shows. A query of the person can be anything, so no more is said of it. */
function plainFinding({ columns, rows, count }: Rows, { language }: Question): string {
  const say = sayIn(language);
  const [name = ""] = columns;
  if (rows.length === 0)
    return say("The query returned no row.", "Die Abfrage liefert keine Zeile.");
  if (rows.length === 1 && columns.length === 1) {
    return `${withCapital(nameOf(name, language))}: **${figure(name, rows[0]?.[0] ?? "", language)}**.`;
  }
  return say(
    `The table has the result: ${count} ${count === "1" ? "row" : "rows"}.`,
    `Die Tabelle zeigt das Ergebnis: ${count} ${count === "1" ? "Zeile" : "Zeilen"}.`,
  );
}

/** Says what the result shows, with its own figures. */
function finding(
  result: Rows,
  { measure, groupBy, top, series }: SalesQuestion,
  question: Question,
): string {
  const { columns, rows, isWhole } = result;
  const { language } = question;
  const say = sayIn(language);
  const sample = say("Sample data.", "Beispieldaten.");
  const [first] = rows;
  const [label = "", value = ""] = columns;
  if (measure === "growth")
    return `${growthFinding(rows, columns.indexOf("growth_percent"), language)} ${sample}`;
  const numbers = rows.map((row) => Number(row[1]));
  const isComparable =
    isWhole && groupBy !== undefined && !series && numbers.every(Number.isFinite);
  if (!first || rows.length < 2 || !isComparable)
    return `${plainFinding(result, question)} ${sample}`;
  const share = columns.indexOf("percent");
  const cell = (row: string[] = []) =>
    `**${showLabel(label, row[0] ?? "", language)}** (${[
      figure(value, row[1] ?? "", language),
      ...(share < 0 ? [] : [`${showNumber(row[share] ?? "", language)} %`]),
    ].join(", ")})`;
  const most = cell(rows[numbers.indexOf(Math.max(...numbers))]);
  const least = cell(rows[numbers.indexOf(Math.min(...numbers))]);
  const name = nameOf(value, language);
  const [highest, lowest] = money.test(value) ? ["highest", "lowest"] : ["most", "fewest"];
  // A result with a limit shows one end only.
  const parts = [
    ...(top?.isLowest
      ? []
      : [say(`${highest} ${name}: ${most}`, `höchster Wert (${name}): ${most}`)]),
    ...(top && !top.isLowest
      ? []
      : [say(`${lowest} ${name}: ${least}`, `niedrigster Wert (${name}): ${least}`)]),
  ];
  return `${withCapital(parts.join(", "))}. ${sample}`;
}

/** Quarters and years at the ends of the data are not whole. */
function coverage(
  { period }: Rows,
  { measure, groupBy, conditions }: SalesQuestion,
  { language }: Question,
): string {
  const isCoarse = groupBy === "quarter" || groupBy === "year" || groupBy === "week";
  if (
    !period ||
    !isCoarse ||
    measure === "customers" ||
    conditions.some((condition) => /ordered_on\)? (?!>=)/u.test(condition))
  )
    return "";
  return sayIn(language)(
    `The data covers ${period.from} to ${period.to}, so the first and the last ${groupBy} may not be whole.`,
    `Die Daten reichen von ${period.from} bis ${period.to}; der erste und der letzte Zeitraum sind vielleicht nicht vollständig.`,
  );
}

/** Returns "October 2026" for the month 2026-10-01, and "Q4 2026" for the quarter. */
function showLabel(column: string, value: string, language: Language): string {
  const [, year, month] = /^(\d{4})-(\d\d)-\d\d$/u.exec(value) ?? [];
  if (year === undefined || month === undefined) return value;
  if (column === "quarter") return `Q${Math.ceil(Number(month) / 3)} ${year}`;
  if (column !== "month") return value;
  const format = new Intl.DateTimeFormat(localeOf(language), {
    ...{ month: "long", year: "numeric", timeZone: "UTC" },
  } as const);
  return format.format(new Date(`${value}T00:00:00Z`));
}

function growthFinding(rows: string[][], column: number, language: Language): string {
  const [before, last] = [rows.at(-2), rows.at(-1)];
  const percent = last?.[column] ?? "";
  if (!before || !last || !/^-?\d/u.test(percent)) return "";
  return sayIn(language)(
    `From ${before[0]} to ${last[0]} revenue changed by **${showNumber(percent, language)} %**.`,
    `Von ${before[0]} auf ${last[0]} änderte sich der Umsatz um **${showNumber(percent, language)} %**.`,
  );
}

const money = /revenue|value|profit/u;

const figure = (column: string, value: string, language: Language): string =>
  `${showNumber(value, language)}${money.test(column) ? " EUR" : ""}`;

const germanNames: Record<string, string> = {
  revenue: "Umsatz",
  orders: "Bestellungen",
  units: "Stück",
  average_order_value: "Bestellwert",
  profit: "Rohertrag",
  returned_units: "Retouren",
  customers: "Kunden",
  products: "Produkte",
};

const nameOf = (column: string, language: Language): string =>
  (language === "de" ? germanNames[column] : undefined) ?? column.replaceAll("_", " ");

function listTables({ language }: Question, description: string): string {
  const lines = [...description.matchAll(/^- (\w+)(?:: (.*))?$/gmu)].map(
    ([, name, comment = ""]) => `- \`${name}\`${comment ? `: ${comment}` : ""}`,
  );
  const heading = sayIn(language)(
    "The database has these views:",
    "Die Datenbank hat diese Sichten:",
  );
  return [heading, "", ...lines].join("\n");
}
