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
  "key-create": 379,
  "key-list": 376,
  "key-delete": 377,
  "chat-post": 391,
  "chat-decide": 397,
  "chat-stop": 384,
  "conversation-delete": 395,
  "conversation-expire": 206,
  "conversation-get": 395,
  "conversation-list": 395,
  "conversation-import": 389,
  "conversation-update": 399,
  "settings-get": 374,
  "settings-update": 376,
  "feedback-update": 381,
  "share-create": 384,
  "share-list": 382,
  "share-delete": 382,
  "shared-get": 382,
  "shared-copy": 382,
  "note-delete": 372,
  "note-list": 372,
  "note-update": 374,
  "document-create": 422,
  "document-list": 390,
  "document-get": 419,
  "document-update": 393,
  "document-delete": 419,
  "document-ingest": 400,
  "document-sweep": 383,
  "usage-get": 381,
  "trace-get": 387,
  "operator-login": 330,
  "operator-logout": 213,
  "operator-report": 376,
  "chat-stream": 470,
  "ag-ui": 505,
  "ai-sdk-chat": 493,
  openai: 495,
  mcp: 462,
  "turn-run": 411,
};
/** With the chunks that a function that runs turns loads at its start. A protocol of other clients may add 25. */
const agentBudgets: Record<string, number> = {
  "chat-stream": 1_004,
  "turn-run": 1_004,
  "ag-ui": 1_029,
  "ai-sdk-chat": 1_029,
  openai: 1_029,
  mcp: 1_010,
};

beforeAll(async () => {
  await createFunctionBuilds(await functionNames()).start();
}, 180_000);

it("every function has a budget", async () => {
  expect(Object.keys(budgets).sort()).toEqual(await functionNames());
});

it.each(Object.entries(budgets))("%s loads at most %i KB", async (name, budget) => {
  expect((await loadedBytes(name)) / 1_024).toBeLessThanOrEqual(budget);
});

it.each(Object.entries(agentBudgets))(
  "%s with its agent loads at most %i KB",
  async (name, budget) => {
    const bytes = await loadedBytes(name, [
      "lib/agent/agent.ts",
      "lib/tools/built-in-tools.ts",
      "lib/tools/tool-sources.ts",
      "lib/thread/turn-thread.ts",
    ]);
    expect(bytes / 1_024).toBeLessThanOrEqual(budget);
  },
);

it.each(["chat-stream", "ai-sdk-chat", "turn-run"])(
  "%s exports traces with at most 34 KB more",
  async (name) => {
    const bytes = (await loadedBytes(name, ["lib/chat/send-trace.ts"])) - (await loadedBytes(name));
    expect(bytes / 1_024).toBeLessThanOrEqual(34);
  },
);

it("mcp loads the library of its protocol with at most 356 KB more", async () => {
  const sources = ["lib/facades/mcp-server.ts", "lib/facades/mcp-tools.ts"];
  const bytes = (await loadedBytes("mcp", sources)) - (await loadedBytes("mcp"));
  expect(bytes / 1_024).toBeLessThanOrEqual(356);
});

it("the build bundles no function whose sources are unchanged", async () => {
  expect(await createFunctionBuilds(await functionNames()).start()).toEqual([]);
});

// The smallest function, and those whose sources hold the sources of the others. All of them would take 20 s.
it.each(["health", "operator-report", "document-ingest", "me-delete", "chat-stream"])(
  "the same sources of %s give the same bytes, without a warning",
  async (name) => {
    const { outputFiles, warnings } = await bundle(name);
    expect(warnings).toEqual([]);
    for (const { path, contents } of outputFiles) {
      expect(digest(await readFile(path)), path).toBe(digest(contents));
    }
  },
);

const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
