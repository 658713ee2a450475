import { execFile } from "node:child_process";
import { globSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { layersFile, layersFileText, rules } from "./layers.ts";

const root = join(import.meta.dirname, "..");

it("biome.layers.json is what `npm run layers` writes", async () => {
  expect(await readFile(layersFile, "utf8")).toBe(layersFileText());
});

it("every folder of source files has a rule", () => {
  const files = globSync("{lib/*,[!.]*}/**/*.{ts,tsx}", {
    cwd: root,
    exclude: ["node_modules/**"],
  });
  const folders = files.map((file) => /^(lib\/)?[^/]+/.exec(file)?.[0] ?? file);
  const ruled = rules.flatMap((rule) => rule.folders);
  expect([...new Set(folders)].filter((folder) => !ruled.includes(folder))).toEqual([]);
});

const refused: [file: string, imports: string[]][] = [
  ["lib/contract/a.ts", ["#lib/platform/b.ts", "#lib/chat/b.ts", "#frontend/b.ts"]],
  ["lib/platform/a.ts", ["#lib/auth/b.ts", "#lib/agent/model/b.ts", "#functions/me/b.ts"]],
  ["lib/platform/http/a.ts", ["../b.ts", "../../contract/b.ts", "#lib/sse/b.ts"]],
  ["lib/auth/a.ts", ["#lib/rate-limit/b.ts", "#lib/tools/b.ts", "../platform/b.ts"]],
  ["lib/conversations/a.ts", ["#lib/thread/b.ts", "#lib/agent/b.ts", "#lib/chat/b.ts"]],
  ["lib/documents/search/a.ts", ["#lib/budget/b.ts", "#lib/tools/b.ts", "../reading/b.ts"]],
  ["lib/thread/a.ts", ["#lib/conversations/b.ts", "#local/b.ts", "#test/support/b.ts"]],
  ["lib/tools/calculator/a.ts", ["#lib/agent/b.ts", "#lib/chat/b.ts", "../b.ts"]],
  ["lib/agent/model/a.ts", ["#lib/chat/b.ts", "../graph/b.ts", "#migrations/b.ts"]],
  ["lib/chat/a.ts", ["#lib/facades/b.ts", "#functions/dependencies.ts", "#scripts/b.ts"]],
  ["lib/facades/a.ts", ["#functions/me/b.ts", "#local/b.ts"]],
  ["functions/me/a.ts", ["../login/b.ts", "#functions/login/b.ts", "#local/b.ts", "#test/b.ts"]],
  ["frontend/src/chat/a.tsx", ["#lib/platform/b.ts", "#local/b.ts", "../../../lib/chat/b.ts"]],
  ["migrations/a.ts", ["#lib/platform/b.ts", "../lib/platform/b.ts"]],
  ["local/a.ts", ["#functions/me/b.ts", "#scripts/b.ts", "#test/support/b.ts", "../lib/b.ts"]],
  ["scripts/a.ts", ["#functions/me/b.ts", "#test/journey/b.ts", "../local/b.ts"]],
  ["bench/a.ts", ["#functions/me/b.ts", "#test/browser/b.ts"]],
  ["test/journey/a.ts", ["../support/b.ts"]],
  // A test stays at or below its subject too.
  ["lib/contract/a.test.ts", ["#lib/platform/b.ts"]],
  ["lib/platform/a.test.ts", ["#lib/auth/b.ts", "#scripts/b.ts"]],
  ["lib/auth/a.test.ts", ["#lib/rate-limit/b.ts", "#lib/chat/b.ts", "#test/contract/b.ts"]],
  ["lib/agent/a.test.ts", ["#lib/chat/b.ts", "#functions/me/b.ts"]],
  ["functions/me/a.test.ts", ["#functions/login/b.ts", "#scripts/b.ts"]],
  ["frontend/src/chat/a.test.ts", ["#lib/chat/b.ts", "#functions/me/b.ts"]],
  ["local/a.test.ts", ["#functions/me/b.ts", "#scripts/b.ts"]],
];

const accepted: typeof refused = [
  ["lib/platform/c.ts", ["#lib/contract/b.ts", "#lib/platform/http/b.ts", "./http/b.ts"]],
  ["lib/auth/c.ts", ["#lib/contract/b.ts", "#lib/platform/http/b.ts", "./b.ts"]],
  ["lib/documents/search/c.ts", ["#lib/documents/reading/b.ts", "#lib/platform/b.ts"]],
  ["lib/tools/calculator/c.ts", ["#lib/tools/b.ts", "#lib/conversations/b.ts"]],
  ["lib/agent/model/c.ts", ["#lib/agent/graph/b.ts", "#lib/tools/b.ts", "#lib/platform/b.ts"]],
  ["lib/chat/c.ts", ["#lib/agent/b.ts", "#lib/thread/b.ts", "#lib/conversations/b.ts"]],
  ["functions/me/c.ts", ["../dependencies.ts", "#lib/facades/b.ts", "#lib/chat/b.ts"]],
  ["frontend/src/chat/c.tsx", ["#lib/contract/b.ts", "../ui/b.tsx"]],
  ["local/c.ts", ["../esbuild.config.mjs", "../package.json", "#migrations/b.ts"]],
  ["lib/auth/c.test.ts", ["#test/support/b.ts", "#local/bedrock/b.ts", "#lib/platform/b.ts"]],
  ["functions/me/c.test.ts", ["#test/support/b.ts", "../dependencies.ts", "#lib/auth/b.ts"]],
  ["test/journey/c.ts", ["#test/support/b.ts", "#functions/me/b.ts", "#scripts/b.ts"]],
];

describe("Biome with the project's configuration", () => {
  let folder: string;
  let complaints: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "layers-"));
    await cp(join(root, "biome.layers.json"), join(folder, "biome.layers.json"));
    const { vcs: _, ...configuration } = JSON.parse(
      await readFile(join(root, "biome.json"), "utf8"),
    );
    await writeFile(join(folder, "biome.json"), JSON.stringify(configuration));
    await symlink(join(root, "node_modules"), join(folder, "node_modules"));
    for (const [file, imports] of [...refused, ...accepted]) await plant(file, imports);
    complaints = await lint();
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each(refused)("refuses what %s must not import", (file, imports) => {
    const lines = imports.flatMap((_, index) => forms.map((_, form) => lineOf(index, form)));
    expect(complaints.filter((one) => one.startsWith(`${file}:`)).sort()).toEqual(
      lines.map((line) => `${file}:${line}`).sort(),
    );
  });

  it.each(accepted)("accepts what %s imports", (file) => {
    expect(complaints.filter((one) => one.startsWith(`${file}:`))).toEqual([]);
  });

  async function plant(file: string, imports: string[]): Promise<void> {
    const path = join(folder, file);
    await mkdir(dirname(path), { recursive: true });
    const lines = imports.flatMap((from) => forms.map((form) => form(from)));
    await writeFile(path, lines.join("\n"));
  }

  /** Returns `file:line` of each import that Biome refuses. */
  async function lint(): Promise<string[]> {
    const options = ["--only=style/noRestrictedImports", "--max-diagnostics=none"];
    const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [biome, "lint", ...options, "--reporter=github", "."],
      { cwd: folder, maxBuffer: 10_000_000 },
    ).catch((failure: { stdout: string }) => failure);
    const places = stdout.matchAll(/noRestrictedImports,file=([^,]+),line=(\d+)/g);
    return [...places].map(([, file = "", line]) => `${relativeTo(folder, file)}:${line}`);
  }
});

/** The ways to import a module. */
const forms = [
  (from: string) => `import {} from "${from}";`,
  (from: string) => `import type {} from "${from}";`,
  (from: string) => `export * from "${from}";`,
  (from: string) => `await import("${from}");`,
];

const lineOf = (index: number, form: number) => index * forms.length + form + 1;
const relativeTo = (folder: string, file: string) =>
  file.slice(file.indexOf(folder) + folder.length + 1);
