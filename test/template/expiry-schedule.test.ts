import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");

it.each([
  ["never", false],
  ["7", true],
])("with conversationIdleDays %s the schedule's enabled is %s", async (days, enabled) => {
  const cli = join(root, "node_modules/serverless/bin/serverless.js");
  const path = "functions.conversation-expire.events.0.schedule";
  const args = ["print", "--param", `conversationIdleDays=${days}`, "--path", path];
  const env = { PATH: process.env.PATH, HOME: tmpdir(), HTTPS_PROXY: "http://127.0.0.1:9" };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [cli, ...args, "--format", "json"],
    { cwd: root, env },
  );
  expect(JSON.parse(stdout)).toMatchObject({ rate: ["rate(1 day)"], enabled });
});
