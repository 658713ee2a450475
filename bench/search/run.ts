// `npm run bench:search`: measures the quality of the search; with `-- --large` its speed at 50,000 chunks, too. Saves the figures
// in bench/search/results.json, and writes docs/search.md anew.
import { parseArgs } from "node:util";
import { writeDocuments } from "#bench/report/documents.ts";
import { measureLarge } from "./measure-large.ts";
import { measureQuality } from "./measure-quality.ts";
import { readOwnDocuments } from "./own-documents.ts";
import { saveSearchResults } from "./results.ts";
import { largeTable, qualityTable } from "./tables.ts";

const { values } = parseArgs({ options: { large: { type: "boolean", default: false } } });
const date = new Date().toISOString().slice(0, 10);

const { lost } = await readOwnDocuments();
for (const passage of lost) console.log(`Not in the documentation any more: ${passage}`);
const quality = await measureQuality({ vectors: true });
console.log(qualityTable(quality));
saveSearchResults({ quality: { date, figures: quality } });

if (values.large) {
  const large = await measureLarge(50_000);
  console.log(`\n${largeTable(large)}`);
  saveSearchResults({ large: { date, figures: large } });
}
writeDocuments();
