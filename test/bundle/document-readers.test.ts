import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, expect, it } from "vitest";
import { bundlePlugins } from "../../esbuild.config.mjs";

const root = join(import.meta.dirname, "../..");
const folder = await mkdtemp(join(tmpdir(), "document-readers-"));
afterAll(() => rm(folder, { recursive: true }));

/** Reads the files that its arguments name, and prints the text of their first parts. */
const program = `
  import { readFileSync } from "node:fs";
  import { readLimits } from "./lib/documents/reading/document-file.ts";
  import { partText } from "./lib/documents/reading/part-text.ts";
  import { readers } from "./lib/documents/reading/readers.ts";
  const texts = [];
  for (const path of process.argv.slice(2)) {
    const format = path.split(".").at(-1);
    const read = await readers[format]();
    const document = await read({ bytes: new Uint8Array(readFileSync(path)), name: path, format }, readLimits);
    texts.push(partText(document.parts[0].blocks).text.split("\\n", 1)[0]);
  }
  process.stdout.write(JSON.stringify(texts));`;

it("readers work in a bundle without node_modules, and with their character maps", async () => {
  await build({
    absWorkingDir: root,
    stdin: { contents: program, resolveDir: root, loader: "ts" },
    outfile: join(folder, "index.mjs"),
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node24",
    mainFields: ["module", "main"],
    conditions: ["module"],
    minify: true,
    plugins: bundlePlugins,
    banner: {
      js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
    },
  });
  const corpus = join(root, "test/documents/corpus");
  const paths = ["docx/lists-russian.docx", "pptx/plan-arabic.pptx", "xlsx/sales-german.xlsx"];
  const files = [...paths, "pdf/columns-english.pdf", "pdf/maps-japanese.pdf"].map((path) =>
    join(corpus, path),
  );
  const options = ["--permission", "--allow-fs-read=*", join(folder, "index.mjs"), ...files];
  const { stdout } = await promisify(execFile)(process.execPath, options, { cwd: folder });
  expect(JSON.parse(stdout)).toEqual([
    "Порядок работы",
    "خطة العمل",
    "Umsatz je Auftrag",
    "Alder Ltd — Annual review",
    "東京で会議を行います。",
  ]);
});
