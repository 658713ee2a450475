import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStamps } from "./stamps.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "stamps-"));
  for (const folder of ["dist/one", "node_modules", "page/images"])
    mkdirSync(join(root, folder), { recursive: true });
  write("package.json", "{}");
  write("package-lock.json", "locked");
  write("node_modules/.package-lock.json", "installed");
  write("tsconfig.json", "{}");
  write("config.mjs", "config");
  write("source.ts", "source");
  write("page/index.html", "<title>");
  write("page/images/icon.svg", "<svg>");
  write("dist/one/index.mjs", "output");
});
afterEach(() => rmSync(root, { recursive: true }));

const write = (path: string, content: string) => writeFileSync(join(root, path), content);
const remove = (path: string) => rmSync(join(root, path));
const outputs = new Map([["dist/one/index.mjs", "output"]]);
const files = { sources: ["source.ts", "page/"], programs: ["config.mjs"], outputs };
const platform = "v24.0.0 linux x64";
/** The files of a test are younger than its process. */
const later = { platform, now: Date.now() + 3_600_000, processStartedAt: Date.now() + 3_600_000 };

function build(surroundings: Parameters<typeof openStamps>[1] = later): void {
  openStamps(root, surroundings).write("one", files);
}
const isCurrent = (surroundings: Parameters<typeof openStamps>[1] = later) =>
  openStamps(root, surroundings).isCurrent("one");

test("a stamped build is current, and another build is not", () => {
  expect(isCurrent()).toBe(false);
  build();
  expect(isCurrent()).toBe(true);
  expect(openStamps(root).isCurrent("two")).toBe(false);
});

test.each([
  "source.ts",
  "page/index.html",
  "page/images/icon.svg",
  "config.mjs",
  "package.json",
  "package-lock.json",
  "node_modules/.package-lock.json",
  "tsconfig.json",
  "dist/one/index.mjs",
])("a change of %s makes the build stale, whatever size and date the file has", (path) => {
  build();
  const { atime, mtime } = statSync(join(root, path));
  const content = readFileSync(join(root, path), "utf8");
  write(path, content.replace(/^./, "X"));
  utimesSync(join(root, path), atime, mtime);
  expect(isCurrent()).toBe(false);
  write(path, content);
  expect(isCurrent()).toBe(true);
  remove(path);
  expect(isCurrent()).toBe(false);
});

test("a new file in a source folder makes the build stale", () => {
  build();
  write("page/images/new.svg", "<svg>");
  expect(isCurrent()).toBe(false);
});

test("another version of Node makes the build stale", () => {
  build();
  expect(isCurrent({ ...later, platform: "v24.0.1 linux x64" })).toBe(false);
});

test("a file with a new date and its old content leaves the build current", () => {
  build();
  utimesSync(join(root, "source.ts"), new Date(), new Date());
  expect(isCurrent()).toBe(true);
});

test("a missing source that appears makes the build stale", () => {
  openStamps(root, later).write("one", { ...files, sources: ["optional.ts"] });
  expect(isCurrent()).toBe(true);
  write("optional.ts", "now there");
  expect(isCurrent()).toBe(false);
});

test("a build whose sources change meanwhile gets no stamp", () => {
  const hourAgo = Date.now() - 3_600_000;
  build({ ...later, now: hourAgo });
  expect(isCurrent()).toBe(false);
});

test("a new link to a file of a package does not change the file", () => {
  const old = new Date(2020, 0);
  write("node_modules/linked.js", "package");
  utimesSync(join(root, "node_modules/linked.js"), old, old);
  linkSync(join(root, "node_modules/linked.js"), join(root, "other"));
  const sources = ["node_modules/linked.js"];
  openStamps(root, { ...later, now: Date.now() - 3_600_000 }).write("one", { ...files, sources });
  expect(isCurrent()).toBe(true);
});

test("a build by a program that has changed since its process started gets no stamp", () => {
  const hourAgo = Date.now() - 3_600_000;
  build({ ...later, processStartedAt: hourAgo });
  expect(isCurrent()).toBe(false);
});

test("a build whose outputs another process has replaced is stale", () => {
  write("dist/one/index.mjs", "output of other sources");
  build();
  expect(isCurrent()).toBe(false);
});

test.each(["", '{"sources":["source.ts"],"sou', "[]"])(
  "the damaged stamp %j is ignored",
  (text) => {
    build();
    write("dist/one.stamp.json", text);
    expect(isCurrent()).toBe(false);
  },
);
