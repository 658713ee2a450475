import { expect, test } from "vitest";
import type { ToolCall } from "#lib/contract/chat.ts";
import type { Citation } from "#lib/contract/citation.ts";
import { type EvaluationCase, type Expectation, readCases } from "./case.ts";
import { judge, type ObservedAnswer } from "./judge.ts";
import type { Rows } from "./same-rows.ts";

const none: Expectation = { calls: [], no_calls: [], facts: [], never: [] };

const judged = (
  expectation: Partial<Expectation>,
  answer: Partial<ObservedAnswer>,
  rows: Record<string, Rows> = {},
) =>
  judge(
    {
      name: "x",
      kind: "sql",
      messages: ["?"],
      expect: { ...none, ...expectation },
    } as EvaluationCase,
    { text: "", tools: [], sources: [], citations: [], ...answer },
    { query: async (sql) => rows[sql] ?? [] },
  );

const call = (name: string, input: unknown = {}, state: ToolCall["state"] = "done"): ToolCall => ({
  ...{ id: "1", name, state, input },
});
const quoted = (state: Citation["state"]): Citation => ({ index: 1, start: 0, end: 9, state });
const source = (index: number, url = "https://example.com/a") => ({
  ...{ index, title: "A", url, quote: "a" },
});

test("an answer that meets everything has no fault", async () => {
  const faults = await judged(
    {
      calls: [{ tool: "calculator", arguments: { expression: "84" }, state: "done" }],
      no_calls: ["web_search"],
      facts: ["12\\.68"],
      never: ["cannot"],
      citations: 1,
      verified: 1,
      source: "example",
    },
    {
      text: "It is 12.68 [1].",
      tools: [call("calculator", { expression: "0.15*84.5" })],
      sources: [source(1)],
      citations: [quoted("verified")],
    },
  );
  expect(faults).toEqual([]);
});

test.each<[string, Partial<Expectation>, Partial<ObservedAnswer>, RegExp]>([
  ["a missing call", { calls: [{ tool: "a", arguments: {}, state: "done" }] }, {}, /^no a done/],
  [
    "another argument",
    { calls: [{ tool: "a", arguments: { x: "^1$" }, state: "done" }] },
    { tools: [call("a", { x: 2 })] },
    /no a x .* made: a \{"x":2\} done/,
  ],
  [
    "a call that failed",
    { calls: [{ tool: "a", arguments: {}, state: "done" }] },
    { tools: [call("a", {}, "failed")] },
    /no a done; made: a \{\} failed/,
  ],
  [
    "an unwanted call",
    { no_calls: ["send_*"] },
    { tools: [call("send_mail")] },
    /called send_mail/,
  ],
  ["a missing fact", { facts: ["42"] }, { text: "41" }, /lacks/],
  ["a forbidden fact", { never: ["cannot"] }, { text: "I CANNOT" }, /holds/],
  ["no citation", { citations: 1 }, { text: "So it is.", sources: [source(1)] }, /cites 0 sources/],
  [
    "an invented number",
    { citations: 1 },
    { text: "[1] [7]", sources: [source(1)] },
    /\[7\], which/,
  ],
  ["no verified quotation", { verified: 1 }, {}, /has 0 verified quotations, not 1/],
  [
    "a quotation that is nowhere",
    { verified: 1 },
    { citations: [quoted("verified"), quoted("unverified")] },
    /has 1 quotations that/,
  ],
  ["a number in code", { citations: 1 }, { text: "`a[1]`", sources: [source(1)] }, /cites 0/],
  ["a label of a link", { citations: 1 }, { text: "[1](x)", sources: [source(1)] }, /cites 0/],
  ["another source", { source: "docs" }, { text: "[1]", sources: [source(1)] }, /no cited source/],
  ["no query", { sql: "select 1" }, {}, /no query was run/],
])("%s is a fault", async (_, expectation, answer, fault) => {
  const faults = await judged(expectation, answer);
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatch(fault);
});

test("a query counts by its rows, not by its words", async () => {
  const answer = {
    tools: [call("sql_query", { sql: "wrong" }), call("sql_query", { sql: "right" })],
  };
  const rows = { reference: [["a", 1]], right: [[1, "a"]], wrong: [["a", 2]] };
  expect(await judged({ sql: "reference" }, answer, rows)).toEqual([]);
  const [fault] = await judged({ sql: "reference" }, { tools: answer.tools.slice(0, 1) }, rows);
  expect(fault).toMatch(/no query returns the 1 expected rows: wrong/);
});

test("the recorded cases are valid, and cover every kind at least twice", () => {
  const counts = new Map<string, number>();
  for (const { kind } of readCases()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  expect(counts.size).toBe(10);
  expect(Math.min(...counts.values())).toBeGreaterThanOrEqual(2);
});

test.each([
  ['[{"name":"a"}]', /kind/],
  ['[{"name":"a","kind":"sql","messages":[],"expect":{}}]', /messages/],
  ['[{"name":"a","kind":"sql","messages":["?"],"expect":{"facts":["("]}}]', /regular expression/],
  ['[{"name":"a","kind":"sql","messages":["?"],"expect":{"fact":["a"]}}]', /fact/],
])("the case %s is refused", (text, fault) => {
  expect(() => readCases(text)).toThrow(fault);
});
