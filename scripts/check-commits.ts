// Fails when the subject of a commit is longer than 72 characters. Needs no package, so that CI runs it without an install.
import { execFileSync } from "node:child_process";

const maxSubjectLength = 72;
/** The rule holds for every later commit. */
const lastExemptCommit = "0ee475e9230a6797824d54623c9f375327df22e7";

const tooLong = readCommits().filter(({ subject }) => lengthOf(subject) > maxSubjectLength);
for (const { id, subject } of tooLong) {
  console.error(`${id}: the subject has ${lengthOf(subject)} characters: ${subject}`);
}
if (tooLong.length > 0) {
  console.error(`A subject has at most ${maxSubjectLength} characters. Reword with git rebase -i.`);
  process.exitCode = 1;
}

/** Returns no commits where there is no git history, as in an unpacked archive. Merges have subjects made by GitHub. */
function readCommits(): { id: string; subject: string }[] {
  if (git("rev-parse", "--verify", "HEAD") === undefined) return [];
  // A shallow clone does not have the exempt commit, and then none of the commits before it either.
  const hasExemptCommit = git("cat-file", "-e", lastExemptCommit) !== undefined;
  const range = hasExemptCommit ? `${lastExemptCommit}..HEAD` : "HEAD";
  const log = git("log", "--no-merges", "--format=%h %s", range) ?? "";
  return log
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const space = line.indexOf(" ");
      return { id: line.slice(0, space), subject: line.slice(space + 1) };
    });
}

/** Returns what git prints, or undefined if git fails. */
function git(...args: string[]): string | undefined {
  try {
    return execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return undefined;
  }
}

function lengthOf(subject: string): number {
  return [...subject].length;
}
