import { answerWith } from "#local/bedrock/script.ts";
import { send, turns } from "#test/support/browser-page.ts";
import {
  manySources,
  pricesAndAmounts,
  productSales,
  salesByMonth,
  salesByRegion,
  salesOfRegions,
  salesQuery,
  showTurn,
  withTable,
} from "#test/support/seeded-results.ts";
import { type Studio, startNewChat, waitForAnswer } from "./studio.ts";

/** Takes sources, tables and plots. Changes the transcript's response, because no model calls the tools this way. */
export async function takeResults({ page, twin, take }: Studio) {
  await startNewChat(page);
  twin.parts.bedrock.script.add(answerWith("The answer."));
  await send(page, "What does the data say?");
  await waitForAnswer(page);
  const show = async (state: string, change: Record<string, unknown>, selector: string) => {
    await showTurn(page, change);
    await turns(page).locator(selector).first().waitFor();
    await turns(page)
      .last()
      .evaluate((turn) => turn.scrollIntoView());
    await take(state);
  };
  const result =
    "A runner that dies loses its lease after 15 s [1]. Another runner then takes the turn over [2, 3], and the reader keeps its stream [7].";
  await show("sources", { sources: manySources(7), result }, "ol[aria-labelledby] a");
  await turns(page).getByRole("button", { name: "Show all 7 sources" }).click();
  await take("sources-unfolded");
  await show("sources-two", { sources: manySources(2), result }, "ol[aria-labelledby] a");
  const mermaid = (source: string) => `\`\`\`mermaid\n${source}\n\`\`\``;
  const flowchart =
    "flowchart LR\n  A[Browser] -->|asks| B{Known?} -- yes --> C[(Database)]\n  B -. no .-> D([Model])";
  const sequence =
    "sequenceDiagram\n  actor U as User\n  U->>+Lambda: message\n  loop each token\n    Lambda-->>U: delta\n  end\n  Lambda-->>-U: done";
  await show(
    "diagrams",
    { result: [flowchart, sequence].map(mermaid).join("\n\n") },
    "svg[role=img]",
  );
  const pie = 'pie title Sales by region\n  "North" : 42\n  "South" : 31\n  "West" : 27';
  const plot =
    'xychart-beta\n  title "Orders"\n  x-axis [Jan, Feb, Mar, Apr]\n  y-axis "Orders"\n  bar [120, 90, 150, 170]\n  line [100, 110, 130, 160]';
  const other = "mindmap\n  root((Chat))\n    Tools\n    Documents";
  await show(
    "diagrams-plots",
    { result: [pie, plot, other].map(mermaid).join("\n\n") },
    "svg[role=img]",
  );

  const showTable = async (
    state: string,
    table: object,
    input: object,
    selector = "figure figure",
  ) =>
    show(`table-${state}`, { sources: [], result: "", tools: [withTable(table, input)] }, selector);
  await showTable("lines", salesByMonth(), { ...salesQuery, title: "Sales by month" });
  await turns(page).getByText("SQL", { exact: true }).click();
  await turns(page).locator("figure pre").waitFor();
  await turns(page)
    .locator("figure pre")
    .evaluate((query) => query.scrollIntoView());
  await take("table-query");
  await showTable("series", salesOfRegions(), { title: "Profit of the regions", plot: "line" });
  await showTable("bars", salesOfRegions(), { title: "Profit of the regions", plot: "bar" });
  await showTable("rows", productSales(), { title: "Sales of products" });
  await showTable("points", pricesAndAmounts(), { title: "Price and amount", plot: "scatter" });
  const cut = { ...salesByRegion(), total_rows: 20_000, is_cut: true };
  await showTable("cut", cut, { ...salesQuery, plot: "bar" });

  const search = { name: "web_search", input: { query: "how long does a lease last" } };
  const tools = [
    { id: "1", ...search, state: "done", duration_ms: 840, cost_usd: 0.007 },
    { id: "2", ...search, state: "done", repeats: "1" },
    {
      id: "3",
      name: "read_page",
      input: { url: "https://example.com/a/long/path" },
      state: "failed",
    },
    { id: "4", name: "helpdesk_list_tickets", input: { status: "open" }, state: "done" },
  ];
  await show(
    "tool-calls",
    { sources: [], result: "Done.", tools, remarks: ["tools_missing"] },
    "ul",
  );
}
