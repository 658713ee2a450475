import type { Page } from "playwright-core";
import type { Source } from "#lib/contract/source.ts";
import type { Table } from "#lib/contract/table.ts";
import { turns } from "./browser-page.ts";

/** Loads the page again with a change in the newest turn of the transcript, as if the service had stored it. */
export async function showTurn(page: Page, change: Record<string, unknown>): Promise<void> {
  const transcripts = "**/api/v1/conversations/*";
  await page.route(transcripts, async (route) => {
    const response = await route.fetch();
    const transcript = await response.json();
    Object.assign(transcript.turns.at(-1), change);
    await route.fulfill({ response, json: transcript });
  });
  await page.reload();
  await turns(page).last().getByText("Demo model ·").waitFor();
  await page.unroute(transcripts);
}

/** A call that has returned a table. */
export const withTable = (table: object, input: object = salesQuery) => ({
  id: "call-1",
  name: "sql_query",
  state: "done",
  effect: "external_read",
  input,
  output: "The first rows of the table.",
  table,
});

const salesQuery = {
  title: "Sales by region",
  sql: "select region, sum(amount) as revenue\nfrom orders\nwhere year = 2026\ngroup by region",
};

/** Three years, with one month without a figure. */
export function salesByMonth(): Table {
  const rows = Array.from({ length: 36 }, (_, index): Table["rows"][number] => {
    const month = `${2024 + Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, "0")}`;
    const revenue =
      40_000 + index * 900 + 9_000 * Math.sin(index * 1.7) + (index === 35 ? 30_000 : 0);
    return [
      month,
      index === 20 ? null : (index === 2 ? 20_000 : revenue).toFixed(2),
      300 + ((index * 37) % 90),
    ];
  });
  return {
    columns: [
      { name: "month", type: "text" },
      { name: "revenue", type: "number" },
      { name: "orders", type: "number" },
    ],
    rows,
    total_rows: rows.length,
    is_cut: false,
  };
}

/** With an exact number, a text that a spreadsheet would run, and nulls. */
export const salesByRegion = (): Table => ({
  columns: [
    { name: "region", type: "text" },
    { name: "revenue", type: "number" },
    { name: "is_open", type: "boolean" },
  ],
  rows: [
    ["North", "1234567.50", true],
    ["=SUM(A1)", -20, false],
    ["West", null, null],
  ],
  total_rows: 3,
  is_cut: false,
});

/** The second source has no web address. */
export function manySources(count: number): Source[] {
  return Array.from({ length: count }, (_, index) => ({
    index: index + 1,
    title: `A title of source ${index + 1} that is long enough to need a second line on a card`,
    url:
      index === 1 ? "javascript:alert(1)" : `https://www.example${index + 1}.com/articles/${index}`,
    quote: `Excerpt ${index + 1}. What the page says about the question, in its own words.`,
    published_at: index === 0 ? new Date(Date.now() - 3.5 * 86_400_000).toISOString() : null,
  }));
}
