// `npm run openapi`: writes openapi.json from the contract, and from it the types of clients/typescript. With --check it fails if one
// of the committed files is stale.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { openApiDocument } from "#lib/contract/openapi.ts";

const path = new URL("../openapi.json", import.meta.url);
const typesPath = new URL("../clients/typescript/src/schema.ts", import.meta.url);
// openapi-typescript works with the JavaScript API of TypeScript 5, which our TypeScript has no more. So npx installs both for
// this run only.
const generator = ["openapi-typescript@7.13.0", "typescript@5.9.3"];

const { version } = JSON.parse(
  await readFile(new URL("../package.json", import.meta.url), "utf8"),
) as { version: string };
const api = openApiDocument(version);
const document = `${JSON.stringify(api, null, 2)}\n`;
// Without the version, so that a release leaves the types alone.
const hash = createHash("sha256")
  .update(JSON.stringify([api.paths, api.components]))
  .digest("hex");
const firstLine = `// Written by npm run openapi from the paths and components of openapi.json (SHA-256 ${hash}).\n`;

const isStale = async (file: URL, isFresh: (text: string) => boolean) =>
  !isFresh(await readFile(file, "utf8").catch(() => ""));
const isTypesStale = await isStale(typesPath, (text) => text.startsWith(firstLine));

if (!process.argv.includes("--check")) {
  await writeFile(path, document);
  if (isTypesStale) await writeFile(typesPath, `${firstLine}${generateTypes()}`);
} else {
  const stale = [
    ...((await isStale(path, (text) => text === document)) ? ["openapi.json"] : []),
    ...(isTypesStale ? ["clients/typescript/src/schema.ts"] : []),
  ];
  if (stale.length > 0) {
    console.error(`Stale: ${stale.join(", ")}. Run \`npm run openapi\` and commit the result.`);
    process.exitCode = 1;
  }
}

function generateTypes(): string {
  const packages = generator.flatMap((name) => ["--package", name]);
  const args = ["--yes", ...packages, "--", "openapi-typescript", fileURLToPath(path)];
  return execFileSync("npx", args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}
