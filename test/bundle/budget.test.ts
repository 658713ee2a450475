import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { beforeAll, expect, it } from "vitest";
import { createFunctionBuilds } from "#local/builds/function-builds.ts";
import { bundle, functionNames, loadedBytes } from "../../esbuild.config.mjs";

/** What each function may load at a cold start, in KB of 1,024 bytes; every one of them is time before the first byte. */
const budgets: Record<string, number> = {
  health: 53,
  login: 290,
  logout: 290,
  me: 290,
  "chat-post": 438,
  "chat-decide": 442,
  "chat-stop": 438,
  "conversation-delete": 438,
  "conversation-expire": 205,
  "conversation-get": 438,
  "conversation-list": 438,
  "conversation-update": 440,
  "note-delete": 438,
  "note-list": 438,
  "note-update": 438,
  "usage-get": 438,
  "chat-stream": 496,
  "turn-run": 391,
};
/** With the chunks that a function that runs turns loads at its start. */
const agentBudget = 1_015;

beforeAll(async () => {
  await createFunctionBuilds(await functionNames()).start();
}, 60_000);

it("every function has a budget", async () => {
  expect(Object.keys(budgets).sort()).toEqual(await functionNames());
});

it.each(Object.entries(budgets))("%s loads at most %i KB", async (name, budget) => {
  expect((await loadedBytes(name)) / 1_024).toBeLessThanOrEqual(budget);
});

it.each(["chat-stream", "turn-run"])("%s with its agent loads at most 1,015 KB", async (name) => {
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
