// `npm run openapi`: writes openapi.json from the contract. With --check it fails if the committed file is stale.
import { readFile, writeFile } from "node:fs/promises";
import { openApiDocument } from "#lib/contract/openapi.ts";

const path = new URL("../openapi.json", import.meta.url);
const { version } = JSON.parse(
  await readFile(new URL("../package.json", import.meta.url), "utf8"),
) as { version: string };
const document = `${JSON.stringify(openApiDocument(version), null, 2)}\n`;

if (!process.argv.includes("--check")) {
  await writeFile(path, document);
} else if (document !== (await readFile(path, "utf8").catch(() => ""))) {
  console.error("openapi.json is stale: run `npm run openapi` and commit it.");
  process.exitCode = 1;
}
