import type { ToolCall } from "#lib/contract/chat.ts";
import type { Citation } from "#lib/contract/citation.ts";
import type { Source } from "#lib/contract/source.ts";
import type { EvaluationCase } from "./case.ts";
import { type Rows, sameRows } from "./same-rows.ts";

/** What a case's last turn has shown. */
export interface ObservedAnswer {
  text: string;
  tools: ToolCall[];
  sources: Source[];
  /** The quotations of documents, as the turn has checked them. */
  citations: Citation[];
}

interface JudgeParts {
  /** Runs a query on the sample database. */
  query: (sql: string) => Promise<Rows>;
}

/** Returns one sentence for each expectation that the answer does not meet. */
export async function judge(
  { expect }: EvaluationCase,
  answer: ObservedAnswer,
  { query }: JudgeParts,
): Promise<string[]> {
  return [
    ...missingCalls(expect.calls, answer),
    ...unwantedCalls(expect.no_calls, answer),
    ...expect.facts
      .filter((fact) => !matches(fact, answer.text))
      .map((fact) => `the answer lacks /${fact}/`),
    ...expect.never
      .filter((fact) => matches(fact, answer.text))
      .map((fact) => `the answer holds /${fact}/`),
    ...(expect.citations === undefined ? [] : faultsOfCitations(expect.citations, answer)),
    ...(expect.verified === undefined ? [] : faultsOfQuotations(expect.verified, answer)),
    ...(expect.source === undefined ? [] : faultsOfSource(expect.source, answer)),
    ...(expect.sql === undefined ? [] : await faultsOfSql(expect.sql, answer, query)),
  ];
}

type Expect = EvaluationCase["expect"];

function missingCalls(expected: Expect["calls"], { tools }: ObservedAnswer): string[] {
  const isMet = ({ tool, state, arguments: patterns }: Expect["calls"][number]) =>
    tools.some(
      (call) =>
        call.name === tool &&
        call.state === state &&
        Object.entries(patterns).every(([name, pattern]) => matches(pattern, argument(call, name))),
    );
  return expected
    .filter((call) => !isMet(call))
    .map(({ tool, state, arguments: patterns }) => {
      const described = Object.entries(patterns).map(([name, pattern]) => `${name} /${pattern}/`);
      const made = tools.map((call) => `${call.name} ${JSON.stringify(call.input)} ${call.state}`);
      return `no ${[tool, ...described, state].join(" ")}; made: ${made.join("; ") || "none"}`;
    });
}

function unwantedCalls(unwanted: readonly string[], { tools }: ObservedAnswer): string[] {
  const isUnwanted = (name: string) =>
    unwanted.some((one) => (one.endsWith("*") ? name.startsWith(one.slice(0, -1)) : one === name));
  return tools.filter(({ name }) => isUnwanted(name)).map(({ name }) => `called ${name}`);
}

/** Code is no citation, and the label of a link is none either. */
function citedNumbers(text: string): number[] {
  const prose = text.replace(/```[\s\S]*?```|`[^`\n]*`/g, "").replace(/\]\([^)]*\)/g, "](");
  return [...prose.matchAll(/\[(\d{1,2}(?:\s*,\s*\d{1,2})*)\](?!\()/g)].flatMap(
    ([, numbers = ""]) => numbers.split(",").map(Number),
  );
}

function faultsOfCitations(least: number, { text, sources }: ObservedAnswer): string[] {
  const cited = new Set(citedNumbers(text));
  const known = sources.filter(({ index }) => cited.has(index)).length;
  const unknown = [...cited].filter((number) => !sources.some(({ index }) => index === number));
  return [
    ...(known < least ? [`cites ${known} sources, not ${least}`] : []),
    ...unknown.map((number) => `cites [${number}], which is no source`),
  ];
}

function faultsOfQuotations(least: number, { citations }: ObservedAnswer): string[] {
  const verified = citations.filter(({ state }) => state === "verified").length;
  const others = citations.length - verified;
  return [
    ...(verified < least ? [`has ${verified} verified quotations, not ${least}`] : []),
    ...(others > 0 ? [`has ${others} quotations that their passages do not hold`] : []),
  ];
}

function faultsOfSource(pattern: string, { text, sources }: ObservedAnswer): string[] {
  const cited = new Set(citedNumbers(text));
  const addresses = sources
    .filter(({ index }) => cited.has(index))
    .map(({ url, title }) => url ?? title);
  if (addresses.some((url) => matches(pattern, url))) return [];
  return [`no cited source is /${pattern}/, but ${addresses.join(", ") || "there is none"}`];
}

async function faultsOfSql(
  reference: string,
  { tools }: ObservedAnswer,
  query: JudgeParts["query"],
): Promise<string[]> {
  const written = tools
    .filter(({ name, state }) => name === "sql_query" && state === "done")
    .map((call) => argument(call, "sql"));
  if (written.length === 0) return ["no query was run"];
  const expected = await query(reference);
  for (const sql of written) if (sameRows(await query(sql), expected)) return [];
  return [`no query returns the ${expected.length} expected rows: ${written.join("; ")}`];
}

function argument({ input }: ToolCall, name: string): string {
  const value = (input as Record<string, unknown> | undefined)?.[name];
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

const matches = (pattern: string, text: string): boolean => new RegExp(pattern, "iu").test(text);
