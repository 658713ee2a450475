import { execFileSync } from "node:child_process";

/** Files that a measurement writes itself. */
const results = ["bench/results.json", "bench/evaluation/history.json", "docs"];

/** Returns the commit of the tree, with `+` at its end if the tree has changes other than results. */
export function currentCommit(): string {
  const git = (...commands: string[]) => execFileSync("git", commands, { encoding: "utf8" }).trim();
  const ignored = results.map((path) => `:!/${path}`);
  const changes = git("status", "--porcelain", "--", ":/", ...ignored);
  return git("rev-parse", "--short", "HEAD") + (changes === "" ? "" : "+");
}
