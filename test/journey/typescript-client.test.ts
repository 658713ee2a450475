import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { openTwin } from "#test/support/open-twin.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");
const { twin, logIn } = await openTwin();

it("the packed client runs the example of its README", async () => {
  const folder = await mkdtemp(join(tmpdir(), "typescript-client-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const packed = await run("npm", ["pack", "--json", "--pack-destination", folder], {
    cwd: join(root, "clients/typescript"),
  });
  const [{ filename, files }] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf("[\n")));
  const paths = (files as { path: string }[]).map(({ path }) => path);
  expect(paths).toContain("dist/index.d.ts");
  expect(paths.filter((path) => /test|src/.test(path))).toEqual([]);
  const installed = join(folder, "node_modules/@enterprise-agentic-ai/client");
  await mkdir(installed, { recursive: true });
  const tarball = join(folder, filename);
  await run("tar", ["-xzf", tarball, "-C", installed, "--strip-components", "1"]);
  // A test must not need the registry for a package that is here.
  const parser = "node_modules/eventsource-parser";
  await symlink(join(root, parser), join(folder, parser));

  const readme = await readFile(join(installed, "README.md"), "utf8");
  const [, example = ""] = /```js\n(.*?)```/s.exec(readme) ?? [];
  expect(example.trimEnd().split("\n")).toHaveLength(9);
  await writeFile(join(folder, "example.mjs"), example);
  const body = { name: "Example" };
  const created = await (await logIn()).sendJson("POST", "/api/v1/keys", body);
  const { key } = (await created.json()) as { key: string };
  const { stdout } = await run(process.execPath, ["example.mjs"], {
    cwd: folder,
    env: { PATH: process.env.PATH, STREAM_URL: twin.functionUrl, API_KEY: key },
  });
  expect(stdout).toMatch(/^(calculator: running\n)?calculator: done\n[\s\S]*\b60\b/);
});
