// `npm run eval`: asks the recorded questions of a twin with a real model, or of the demo model, and judges the answers.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { currentCommit } from "#bench/current-commit.ts";
import { writeDocuments } from "#bench/report/documents.ts";
import { startTwin } from "#local/twin.ts";
import { ChatClient } from "#test/support/chat-client.ts";
import { manyAddresses } from "#test/support/many-addresses.ts";
import { evaluatedLibrary, readCases } from "./case.ts";
import { addRun, type EvaluationRun, readHistory, summaryOf, writeHistory } from "./history.ts";
import { type CaseResult, runCase } from "./run-case.ts";
import { connectSampleDatabase } from "./sample-database.ts";
import { caseTable, historyTable, totalOf } from "./tables.ts";

const { values: options } = parseArgs({
  options: {
    model: { type: "string", default: "auto" },
    only: { type: "string" },
  },
});
const cases = readCases().filter(({ name }) => name.includes(options.only ?? ""));
if (cases.length === 0) throw new Error(`No case has “${options.only}” in its name.`);

await using started = new AsyncDisposableStack();
const dataDirectory = mkdtempSync(join(tmpdir(), "evaluation-"));
started.defer(() => rmSync(dataDirectory, { recursive: true, force: true }));
const twin = await startTwin({
  port: 0,
  dataDirectory,
  modelProvider: options.model,
  library: evaluatedLibrary,
  fsync: false,
  // The questions must not meet the limit of one address.
  viewerAddress: manyAddresses(),
  usagePlan: { ratePerSecond: 1_000, burst: 1_000, perDay: 1_000_000 },
  log: (line) => console.error(line),
});
started.defer(() => twin.stop());
await twin.libraryFilled;
const database = await connectSampleDatabase(twin.parts.postgres);
started.defer(() => database.close());
const client = new ChatClient(twin.url);
await client.login(twin.password);
console.error(`${twin.model.modelId}: ${twin.model.reason}`);

const results: CaseResult[] = [];
for (const one of cases) {
  const result = await runCase(one, { client, query: database.query });
  console.error(`${result.faults.length === 0 ? "passed" : "FAILED"}  ${result.name}`);
  results.push(result);
}
const run: EvaluationRun = {
  date: new Date().toISOString(),
  commit: currentCommit(),
  model: twin.model.modelId,
  results,
};
console.log(`${caseTable(run)}\n`);
if (options.only === undefined) {
  const history = addRun(readHistory(), run);
  writeHistory(history);
  writeDocuments();
  console.log(`${historyTable(history)}\n`);
}
const [passed, all] = totalOf(summaryOf(run));
console.log(`${passed} of ${all} cases passed with ${run.model}.`);
process.exitCode = passed === all ? 0 : 1;
