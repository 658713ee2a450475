import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadTwinSecrets } from "./twin-secrets.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "own-secrets-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("loadTwinSecrets creates different secrets once, readable only by their user", async () => {
  const made = await loadTwinSecrets(folder);
  const { mode } = await stat(join(folder, "secrets.json"));

  expect(await loadTwinSecrets(folder)).toEqual(made);
  expect(new Set(Object.values(made)).size).toBe(Object.keys(made).length);
  expect(mode & 0o777).toBe(0o600);
});

test("loadTwinSecrets replaces a damaged file", async () => {
  await writeFile(join(folder, "secrets.json"), '{"password":');

  const made = await loadTwinSecrets(folder);

  expect(made.password).not.toBe("");
  expect(await loadTwinSecrets(folder)).toEqual(made);
});
