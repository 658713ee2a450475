import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, test } from "vitest";
import { pages, root } from "./markdown.ts";

/** Names that this project has given up, and what to write instead. A name ends where a letter, a digit or "_" does not follow. */
const retiredWords: Record<string, string> = {
  HttpAnswer: "ProxyResponse",
  ModelFault: "ClassifiedError",
  OwnSecrets: "TwinSecrets",
  Patience: "IdleTimeouts",
  Spending: "TakeResult or CallCost",
  abandonSending: "cancelSends",
  "answer-problem": "respond-with-problem",
  answerProblem: "respondWithProblem",
  "bounded-map": "memory-bucket-store",
  boundedMap: "memoryBucketStore",
  "define-stream-route": "define-route",
  deliverLeft: "resumeOtherSends",
  "end-with-error": "stream-turns",
  endedWithoutRunner: "end_without_runner",
  "faults.add": "script.add, because a test scripts what the model does",
  "fork-safe-saver": "thread-saver",
  "functions/parts": "functions/dependencies",
  hearOtherTabs: "subscribeToOtherTabs",
  isNotReplaced: "turnIsNotReplaced",
  "lib/conversation/": "lib/conversations/",
  "lib/turn/": "lib/conversations/, lib/thread/ or lib/chat/",
  limitedParts: "createLimitedDependencies",
  "model-fault": "classify-error",
  newVisitor: "newOwner",
  nobodyHoldsTheLease: "lease_is_free",
  "operator-advice": "classify-error",
  "patience.ts": "idle-timeout.ts",
  preparePlace: "prepareLayout",
  "presented-token": "sessions",
  presentedToken: "sentToken",
  readableInput: "toStorableArguments",
  rememberDenials: "cacheRefusals",
  renamePlace: "a name with route",
  "report-health": "check-health",
  responseCookies: "addResponseCookie",
  responseHeaders: "setResponseHeaders",
  "saver-pool": "thread-saver",
  sendOwnAnswer: "sendResponse",
  sendableName: "toConverseName",
  "session.subject": "session.owner",
  sessionParts: "createSessionDependencies",
  "shared-concerns": "define-route",
  summaryIsTrue: "summary_is_current",
  takeHeadOfQueue: "claim_turn",
  takeUpOutbox: "restoreOutbox",
  tellOtherTabs: "notifyOtherTabs",
  tellTurns: "streamToTarget",
  "thread-tables": "delete-threads",
  toModelFault: "classifyError",
  toStreamEvent: "agentEventToStream",
  "turn-store-fixture": "open-stores",
  visitor: "owner",
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
