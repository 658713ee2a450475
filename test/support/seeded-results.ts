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

export const salesQuery = {
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

/** Four series in months, one of them with a gap and negative figures. */
export function salesOfRegions(): Table {
  const regions = ["North", "South", "East", "West"];
  const rows = Array.from({ length: 48 }, (_, index): Table["rows"][number] => {
    const month = `2026-${String((index % 12) + 1).padStart(2, "0")}-01`;
    const region = Math.floor(index / 12);
    const amount = (region - 0.6) * 9_000 + 4_000 * Math.sin(index * 0.9 + region);
    return [month, regions[region] ?? "", index === 30 ? null : Math.round(amount)];
  });
  return {
    columns: [
      { name: "month", type: "time" },
      { name: "region", type: "text" },
      { name: "profit", type: "number" },
    ],
    rows,
    total_rows: rows.length,
    is_cut: false,
  };
}

/** Long names, with a negative figure. */
export const productSales = (): Table => ({
  columns: [
    { name: "product", type: "text" },
    { name: "this_year", type: "number" },
    { name: "last_year", type: "number" },
  ],
  rows: [
    ["Recycled paper, 500 sheets", 18_240, 16_900],
    ["Ink cartridge, black", 12_010, 13_400],
    ["Fountain pen with a very long name that no axis can show", 7_300, 2_100],
    ["Returned goods", -1_900, -800],
    ["Stapler", 3_100, 2_950],
  ],
  total_rows: 5,
  is_cut: false,
});

/** Prices and amounts of 60 products. */
export function pricesAndAmounts(): Table {
  const rows = Array.from({ length: 60 }, (_, index): Table["rows"][number] => {
    const price = 4 + ((index * 37) % 96);
    return [price, Math.round(900 / Math.sqrt(price) + ((index * 53) % 40))];
  });
  return {
    columns: [
      { name: "price", type: "number" },
      { name: "sold", type: "number" },
    ],
    rows,
    total_rows: rows.length,
    is_cut: false,
  };
}
