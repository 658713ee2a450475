import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { costTables, documentTable, priceTable } from "#bench/cost/cost-tables.ts";
import { readHistory } from "#bench/evaluation/history.ts";
import { historyTable, newestTables } from "#bench/evaluation/tables.ts";
import type { Samples } from "#bench/samples.ts";
import { readSearchResults } from "#bench/search/results.ts";
import { largeTable, qualityTable } from "#bench/search/tables.ts";
import { budgetTable } from "./budget-table.ts";
import { growthPlot } from "./growth-plot.ts";
import { type Results, readResults } from "./results.ts";
import { sectionNames } from "./rows.ts";
import { tableOf } from "./table.ts";
import { waterfallPlot } from "./waterfall-plot.ts";

const root = join(import.meta.dirname, "../..");

/** Returns the files in docs/ that have generated parts, by path, as they must be. */
export function documents(): Map<string, string> {
  const results = readResults();
  const earlier = earlierOf(results);
  const history = readHistory();
  return new Map([
    [
      "docs/performance.md",
      withBlocks("docs/performance.md", {
        conditions: conditionsOf(results),
        table: tableOf(samplesOf(results), earlier),
        budget: budgetTable(samplesOf(results)),
        cost: costTables(),
      }),
    ],
    [
      "docs/reference/cost.md",
      withBlocks("docs/reference/cost.md", {
        cost: costTables(),
        documents: documentTable(),
        prices: priceTable(),
      }),
    ],
    [
      "docs/evaluation.md",
      withBlocks("docs/evaluation.md", {
        history: historyTable(history),
        newest: newestTables(history),
      }),
    ],
    ["docs/search.md", withBlocks("docs/search.md", searchBlocks())],
    ["docs/first-token.svg", growthPlot(results.growth ?? [], earlier ?? "")],
    ["docs/waterfall.svg", waterfallPlot(panelsOf(results, earlier))],
  ]);
}

export function writeDocuments(): void {
  for (const [path, text] of documents()) writeFileSync(join(root, path), text);
}

/** Replaces what is between `<!-- generated: name -->` and `<!-- end -->`. @throws Error if the page lacks a block */
function withBlocks(path: string, blocks: Record<string, string>): string {
  let page = readFileSync(join(root, path), "utf8");
  for (const [name, content] of Object.entries(blocks)) {
    const [start, end] = [`<!-- generated: ${name} -->\n`, "<!-- end -->"];
    const from = page.indexOf(start);
    const to = page.indexOf(end, from);
    if (from < 0 || to < 0) throw new Error(`${path} has no block "${name}".`);
    page = `${page.slice(0, from + start.length)}\n${content}\n\n${page.slice(to)}`;
  }
  return page;
}

function searchBlocks(): Record<string, string> {
  const { quality, large } = readSearchResults();
  return {
    quality: `Measured on ${quality.date}.\n\n${qualityTable(quality.figures)}`,
    large: `Measured on ${large.date}, on two shared cores.\n\n${largeTable(large.figures)}`,
  };
}

function samplesOf({ sections }: Results): Samples {
  return Object.assign({}, ...Object.values(sections).map(({ samples }) => samples));
}

function earlierOf({ sections }: Results): string | null {
  return Object.values(sections).find(({ earlier }) => earlier !== null)?.earlier ?? null;
}

function panelsOf({ traces = {} }: Results, earlier: string | null) {
  const panel = (name: string, party: string) => {
    const turn = traces[party];
    return turn === undefined ? [] : [{ name, turn }];
  };
  return [...panel(earlier ?? "", "earlier"), ...panel("this", "this")];
}

/** Says where and when each section was measured. Sections that were measured together share a line. */
function conditionsOf({ machine, baselines, sections }: Results): string {
  const lines = new Map<string, string[]>();
  for (const name of sectionNames) {
    const section = sections[name];
    if (section === undefined) continue;
    const { commit, earlier, rounds, date } = section;
    const line = `commit \`${commit}\`${earlier === null ? "" : ` beside \`${earlier}\``}, ${date}, ${rounds} rounds`;
    lines.set(line, [
      ...(lines.get(line) ?? []),
      `${name} (load ${section.load.map((one) => one.toFixed(1)).join(" to ")})`,
    ]);
  }
  const packages = [
    "@langchain/langgraph",
    "@langchain/langgraph-checkpoint-postgres",
    "@langchain/aws",
    "pg",
  ];
  return [
    `- Machine: ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.platform}; Node ${machine.node}, PostgreSQL ${machine.postgres}.`,
    `- Packages of \`plain\`: ${packages.map((name) => `${name} ${baselines[name]}`).join(", ")}.`,
    ...[...lines].map(([line, names]) => `- Measured at ${line}: ${names.join(", ")}.`),
  ].join("\n");
}
