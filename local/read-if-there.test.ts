import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { readIfThere } from "./read-if-there.ts";

/** Creates and removes the file that it is given, until the process that started it kills it. */
const flicker = `
  const { rmSync, writeFileSync } = require("node:fs");
  for (let count = 0; ; count += 1) {
    writeFileSync(process.argv[1], "text");
    if (count === 10) process.stdout.write("ready");
    rmSync(process.argv[1]);
  }`;

test("a file that another process removes at any moment is there or is not", async () => {
  const folder = mkdtempSync(join(tmpdir(), "read-if-there-"));
  const path = join(folder, "file");
  const other = spawn(process.execPath, ["-e", flicker, path]);
  onTestFinished(async () => {
    const ended = once(other, "exit");
    other.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true });
  });
  await once(other.stdout, "data");

  const found = new Set<string | undefined>();
  // A busy machine may let the other process wait for seconds: the test's own time limit bounds the wait.
  while (!found.has(undefined) || !found.has("text")) {
    for (let count = 0; count < 1_000; count += 1) found.add(readIfThere(path));
    await setImmediate();
  }
  // The other process may have opened the file and not yet written to it.
  expect([...found].filter((text) => text !== "")).toHaveLength(2);
});

test("what is not a file is an error", () => {
  expect(() => readIfThere(tmpdir())).toThrow("EISDIR");
});
