// `npm run bench`: measures this build beside a plain server, the limit and, with --against, an earlier build.
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { startBench } from "./bench.ts";
import { currentCommit } from "./current-commit.ts";
import { writeDocuments } from "./report/documents.ts";
import { describeMachine } from "./report/machine.ts";
import { type Results, readResults, type SectionResult, writeResults } from "./report/results.ts";
import { type SectionName, sectionNames } from "./report/rows.ts";
import { tableOf } from "./report/table.ts";
import type { Samples } from "./samples.ts";
import { quickSections, sections } from "./sections/sections.ts";

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    against: { type: "string" },
    only: { type: "string" },
    rounds: { type: "string", default: "5" },
    resume: { type: "boolean", default: false },
  },
});
const rounds = Number(options.rounds);
const size = options.quick
  ? { rounds, warmUpTurns: 120, turns: 20, slowTurns: 3, memoryTurns: 0 }
  : { rounds, warmUpTurns: 500, turns: 100, slowTurns: 10, memoryTurns: 1_000 };
const startedAt = performance.now();
const cleanUp = new AsyncDisposableStack();
let stopping: Promise<void> | undefined;
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => void stop().finally(() => process.exit(130)));
}

let samples: Samples = {};
try {
  const bench = await startBench({ size, against: options.against, note }, cleanUp);
  const earlier = bench.builds.find(({ party }) => party === "earlier")?.build.name ?? null;
  const commit = currentCommit();
  for (const name of chosenSections()) {
    if (options.resume && isMeasured(name, commit, earlier)) continue;
    const [before = 0] = loadavg();
    const { samples: measured, ...plots } = await sections[name](bench);
    const [after = 0] = loadavg();
    samples = { ...samples, ...measured };
    if (options.quick) continue;
    const date = new Date().toISOString().slice(0, 10);
    const load: SectionResult["load"] = [before, after];
    save(name, { commit, earlier, rounds, date, load, samples: measured }, plots);
  }
  console.log(`\n${tableOf(samples, earlier)}`);
  if (!options.quick) writeDocuments();
} finally {
  await stop();
}

/** Ends all processes and removes all folders, once. After a signal, what was running fails and waits for the same end. */
function stop(): Promise<void> {
  stopping ??= cleanUp.disposeAsync();
  return stopping;
}

function chosenSections(): readonly SectionName[] {
  if (options.only === undefined) return options.quick ? quickSections : sectionNames;
  const named = options.only.split(",");
  const unknown = named.filter((name) => !sectionNames.some((known) => known === name));
  if (unknown.length > 0) {
    throw new Error(`There is no section ${unknown.join()}. There are: ${sectionNames.join(", ")}`);
  }
  return sectionNames.filter((name) => named.includes(name));
}

/** Saves after each section, so that an interrupted run loses only the section that was running. */
function save(name: SectionName, section: SectionResult, plots: Partial<Results>): void {
  const kept = readResults();
  writeResults({
    ...kept,
    ...describeMachine(),
    ...plots,
    sections: { ...kept.sections, [name]: section },
  });
}

function isMeasured(name: SectionName, commit: string, earlier: string | null): boolean {
  const section = readResults().sections[name];
  return section?.commit === commit && section.earlier === earlier && !commit.endsWith("+");
}

function note(text: string): void {
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
  console.error(`${seconds.padStart(5)} s  ${text}`);
}
