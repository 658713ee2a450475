import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { beforeAll, expect, it } from "vitest";
import { createFunctionBuilds } from "#local/builds/function-builds.ts";
import { bundle, functionNames, loadedBytes } from "../../esbuild.config.mjs";

/** What each function may load at a cold start, in KB of 1,024 bytes; every one of them is time before the first byte. */
const budgets: Record<string, number> = {
  health: 55,
  login: 226,
  logout: 213,
  me: 216,
  "me-delete": 420,
  "device-code-create": 223,
  "device-login": 227,
  "device-list": 221,
  "device-delete": 224,
  "chat-post": 384,
  "chat-decide": 391,
  "chat-stop": 378,
  "conversation-delete": 389,
  "conversation-expire": 206,
  "conversation-get": 389,
  "conversation-list": 389,
  "conversation-import": 389,
  "conversation-update": 393,
  "settings-get": 374,
  "settings-update": 376,
  "feedback-update": 376,
  "share-create": 384,
  "share-list": 382,
  "share-delete": 382,
  "shared-get": 382,
  "shared-copy": 382,
  "note-delete": 372,
  "note-list": 372,
  "note-update": 374,
  "document-create": 417,
  "document-list": 390,
  "document-get": 412,
  "document-update": 390,
  "document-delete": 413,
  "document-ingest": 400,
  "document-sweep": 383,
  "usage-get": 374,
  "trace-get": 379,
  "operator-login": 330,
  "operator-logout": 213,
  "operator-report": 376,
  "chat-stream": 460,
  "turn-run": 407,
};
/** With the chunks that a function that runs turns loads at its start. */
const agentBudget = 994;

beforeAll(async () => {
  await createFunctionBuilds(await functionNames()).start();
}, 60_000);

it("every function has a budget", async () => {
  expect(Object.keys(budgets).sort()).toEqual(await functionNames());
});

it.each(Object.entries(budgets))("%s loads at most %i KB", async (name, budget) => {
  expect((await loadedBytes(name)) / 1_024).toBeLessThanOrEqual(budget);
});

it.each(["chat-stream", "turn-run"])("%s with its agent loads at most 994 KB", async (name) => {
  const bytes = await loadedBytes(name, [
    "lib/agent/agent.ts",
    "lib/tools/built-in-tools.ts",
    "lib/tools/tool-sources.ts",
    "lib/thread/turn-thread.ts",
  ]);
  expect(bytes / 1_024).toBeLessThanOrEqual(agentBudget);
});

it("the build bundles no function whose sources are unchanged", async () => {
  expect(await createFunctionBuilds(await functionNames()).start()).toEqual([]);
});

it("the same sources give the same bytes, without a warning", async () => {
  for (const name of await functionNames()) {
    const { outputFiles, warnings } = await bundle(name);
    expect(warnings).toEqual([]);
    for (const { path, contents } of outputFiles) {
      expect(digest(await readFile(path)), path).toBe(digest(contents));
    }
  }
}, 60_000);

const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
