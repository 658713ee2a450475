import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, test } from "vitest";
import { pages, root } from "./markdown.ts";

/** Names that this project has given up, and what to write instead. A name ends where a letter, a digit or "_" does not follow. */
const retiredWords: Record<string, string> = {
  "end-with-error": "stream-turns",
  "functions/parts": "functions/dependencies",
  "faults.add": "script.add, because a test scripts what the model does",
  "lib/conversation/": "lib/conversations/",
  "lib/turn/": "lib/conversations/, lib/thread/ or lib/chat/",
  "model-fault": "classify-error",
  "presented-token": "sessions",
  "report-health": "check-health",
  "session.subject": "session.owner",
  HttpAnswer: "ProxyResponse",
  ModelFault: "ClassifiedError",
  OwnSecrets: "TwinSecrets",
  Spending: "TakeResult",
  answerProblem: "respondWithProblem",
  preparePlace: "prepareLayout",
  presentedToken: "sentToken",
  readableInput: "toStorableArguments",
  sendOwnAnswer: "sendResponse",
};

const sources = globSync(
  "{functions,lib,local,frontend/src,infra,scripts,test,bench,migrations,.github}/**/*.{ts,tsx,mjs,cjs,yml,sql,css}",
  { cwd: root },
);
// The changelog tells what former versions had.
const files = [...sources, ...pages, "serverless.yml", "esbuild.config.mjs", "package.json"].filter(
  (file) => !["CHANGELOG.md", "test/docs/retired-words.test.ts"].includes(file),
);
const texts = files.map((file) => ({ file, text: readFileSync(join(root, file), "utf8") }));

it("the search reads every kind of file", () => {
  expect(files.length).toBeGreaterThan(400);
  expect(placesOf("defineRoute")).not.toEqual([]);
});

test.each(Object.entries(retiredWords))("nothing is named %s any more; write %s", (word) => {
  expect(placesOf(word)).toEqual([]);
});

/** Returns the lines of all files and paths that have the word. */
function placesOf(word: string): string[] {
  const escaped = word.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  const pattern = new RegExp(`(?<![\\w$])${escaped}${/\w$/.test(word) ? "(?![\\w$])" : ""}`);
  return texts.flatMap(({ file, text }) => [
    ...(pattern.test(file) ? [file] : []),
    ...text
      .split("\n")
      .flatMap((line, index) =>
        pattern.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [],
      ),
  ]);
}
