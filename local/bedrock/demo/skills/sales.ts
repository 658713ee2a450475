import { type Language, sayIn, showNumber } from "#local/bedrock/demo/language.ts";
import { excuse } from "#local/bedrock/demo/outcome.ts";
import { readSalesQuestion } from "#local/bedrock/demo/sales-question.ts";
import { writeSalesSql } from "#local/bedrock/demo/sales-sql.ts";
import { findTool, type Question, type Skill, type Work } from "#local/bedrock/demo/skill.ts";
import { readRows } from "#local/bedrock/demo/sql-result.ts";

/** A statement of SQL, also one that the tool must refuse. */
const isSql =
  /^(?:run |execute |führe )?(?:sql:?\s*)?((?:select\s+(?:.*\sfrom\s|[\d'(*]).*|with\s+\w+\s+as\s*\(.+|(?:drop|truncate|alter|create)\s+(?:table|view|schema|database|index|function)\b.+|delete\s+from\b.+|insert\s+into\b.+|update\s+\w+\s+set\b.+|grant\b.+\bto\b.+))$/isu;
const tablesQuestion =
  /\b(?:what|which|list|show|welche|zeige?)\b.*\b(?:tables?|views?|columns|schema|tabellen|sichten|spalten)\b|\bwhat(?:'s| is) in the (?:sales )?database\b/iu;

/** A query that the person wrote. The tool decides whether it may run. */
export const ownSql: Skill = (question) => {
  const [, sql] = isSql.exec(question.text) ?? [];
  return sql && findTool(question, "sql_query")
    ? query(question, sql.replace(/;\s*$/u, ""), {}, "")
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
  ];
  const plot = asked.plot ? { plot: asked.plot } : {};
  return query(question, writeSalesSql(asked), plot, remarks.filter(Boolean).join(" "));
};

function* query(question: Question, sql: string, options: object, remark: string): Work {
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
  return [shown, finding(outcome.text, question), remark].filter(Boolean).join("\n\n");
}

/** Says what the result shows, with its own figures. */
function finding(text: string, { language }: Question): string {
  const say = sayIn(language);
  const { columns, rows, isWhole } = readRows(text);
  const sample = say("(sample data)", "(Beispieldaten)");
  const [first] = rows;
  if (!first) return say("The query returned no row.", "Die Abfrage liefert keine Zeile.");
  if (rows.length === 1 && columns.length === 1) {
    return `${nameOf(columns[0] ?? "")}: **${figure(columns[0] ?? "", first[0] ?? "", language)}** ${sample}`;
  }
  const [label = "", value = ""] = columns;
  const numbers = rows.map((row) => Number(row[1]));
  if (!isWhole || columns.length < 2 || numbers.some((number) => !Number.isFinite(number))) {
    const shown = say(
      `The table has the result ${sample}.`,
      `Die Tabelle zeigt das Ergebnis ${sample}.`,
    );
    return shown;
  }
  const growth = columns.indexOf("growth_percent");
  if (growth > 0) return growthFinding(rows, growth, language, sample);
  const best = rows[numbers.indexOf(Math.max(...numbers))] ?? first;
  const least = rows[numbers.indexOf(Math.min(...numbers))] ?? first;
  const cell = (row: string[]) => `**${row[0]}** (${figure(value, row[1] ?? "", language)})`;
  const most = say(
    `Most ${nameOf(value)} by ${nameOf(label)}: ${cell(best)}`,
    `Am meisten ${nameOf(value)} nach ${nameOf(label)}: ${cell(best)}`,
  );
  const fewest =
    rows.length > 1 ? say(`, least: ${cell(least)}`, `, am wenigsten: ${cell(least)}`) : "";
  return `${most}${fewest} ${sample}.`;
}

function growthFinding(
  rows: string[][],
  column: number,
  language: Language,
  sample: string,
): string {
  const [before, last] = [rows.at(-2), rows.at(-1)];
  const percent = last?.[column] ?? "";
  if (!before || !last || !/^-?\d/u.test(percent)) return "";
  return sayIn(language)(
    `From ${before[0]} to ${last[0]} revenue changed by **${showNumber(percent, language)} %** ${sample}.`,
    `Von ${before[0]} auf ${last[0]} änderte sich der Umsatz um **${showNumber(percent, language)} %** ${sample}.`,
  );
}

const money = /revenue|value|profit/u;

const figure = (column: string, value: string, language: Language): string =>
  `${showNumber(value, language)}${money.test(column) ? " EUR" : ""}`;

const nameOf = (column: string): string => column.replaceAll("_", " ");

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
