import { execFile, execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "check-commits-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("a subject of 72 characters passes, whatever the body", async () => {
  git("init", "--quiet");
  commit("ü".repeat(72), "b".repeat(200));

  expect(await check()).toEqual({ stdout: "", stderr: "" });
});

test("a subject of 73 characters fails with the commit's id", async () => {
  git("init", "--quiet");
  commit("a".repeat(73));
  const id = git("rev-parse", "--short", "HEAD").trim();
  commit("Add a short one");

  await expect(check()).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`${id}: the subject has 73 characters`),
  });
});

test("the subject of a merge is not checked", async () => {
  git("init", "--quiet");
  commit("Begin");
  git("checkout", "--quiet", "-b", "branch");
  commit("Change on the branch");
  git("checkout", "--quiet", "-");
  git("merge", "--quiet", "--no-ff", "branch", "-m", "m".repeat(92));

  expect(await check()).toEqual({ stdout: "", stderr: "" });
});

test("a folder without a git history passes", async () => {
  expect(await check()).toEqual({ stdout: "", stderr: "" });
});

const check = () =>
  promisify(execFile)(process.execPath, [join(import.meta.dirname, "check-commits.ts")], {
    cwd: folder,
  });

function commit(subject: string, body = "") {
  git("commit", "--quiet", "--allow-empty", "-m", subject, "-m", body);
}

function git(...args: string[]): string {
  const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
  return execFileSync("git", [...identity, ...args], { cwd: folder, encoding: "utf8" });
}
