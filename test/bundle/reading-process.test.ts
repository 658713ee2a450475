import { fork } from "node:child_process";
import { once } from "node:events";
import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import type { DocumentFormat } from "#lib/contract/document.ts";
import { readLimits } from "#lib/documents/reading/document-file.ts";
import { createFunctionBuilds } from "#local/builds/function-builds.ts";

const root = join(import.meta.dirname, "../..");
const corpus = join(root, "test/documents/corpus");
const formats: DocumentFormat[] = [
  ...(["csv", "docx", "eml", "html", "markdown", "pdf", "pptx", "text", "xlsx"] as const),
];
let program: string;

beforeAll(async () => {
  await createFunctionBuilds(["document-ingest"]).start();
  const { outputs } = JSON.parse(
    await readFile(join(root, "dist/document-ingest.meta.json"), "utf8"),
  ) as { outputs: Record<string, { entryPoint?: string }> };
  const chunk = Object.entries(outputs).find(
    ([, { entryPoint }]) => entryPoint === "lib/documents/reading/reading-process.ts",
  );
  program = join(root, chunk?.[0] ?? "missing");
}, 180_000);

// The bundler gives the program a name of its own, and libraries may look for files that only node_modules has.
it.each(formats)("the bundle of document-ingest reads a file of the format %s", async (format) => {
  const [file = ""] = globSync(`${format}/*.*`, { cwd: corpus }).filter(
    (name) => format === "text" || !name.endsWith(".txt"),
  );
  const bytes = new Uint8Array(await readFile(join(corpus, file)));
  const child = fork(program, {
    serialization: "advanced",
    env: {},
    execArgv: ["--permission", "--allow-fs-read=*"],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const answered = once(child, "message");
  child.send({ file: { bytes, name: basename(file), format }, limits: readLimits });
  const [outcome] = await answered;
  expect(outcome).toHaveProperty("document.chunks[0].text");
});
