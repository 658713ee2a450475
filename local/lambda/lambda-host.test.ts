import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTimeOf } from "#local/postgres/process-identity.ts";
import { type LambdaHost, startLambdaHost } from "./lambda-host.ts";
import { readPrelude } from "./prelude.ts";
import type { FunctionResponse } from "./sandbox.ts";

const functions = {
  buffered: `export const handler = async (event, context) => ({
    statusCode: 200,
    body: JSON.stringify({ event, pid: process.pid, name: context.functionName, left: context.getRemainingTimeInMillis() }),
  })`,
  environment: `export const handler = async () => ({ statusCode: 200, body: JSON.stringify(process.env) })`,
  throwing: `export const handler = async () => { throw new TypeError("broken") }`,
  exiting: `export const handler = async (event) => { if (event.exit) process.exit(3); return { statusCode: 200, body: String(process.pid) } }`,
  unloadable: `throw new Error("no configuration")`,
  hanging: `export const handler = () => new Promise(() => { setInterval(() => {}, 1000) })`,
  waiting: `export const handler = async (event) => {
    if (event.waitMs) await new Promise((resolve) => setTimeout(resolve, event.waitMs));
    return { statusCode: 200, body: String(process.pid) };
  }`,
  // Writes one chunk, then waits for a file from the test before it writes the next.
  streaming: `import { existsSync, writeFileSync } from "node:fs";
    const seen = async (path) => { while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 5)); };
    export const handler = awslambda.streamifyResponse(async (event, stream, context) => {
      const http = awslambda.HttpResponseStream.from(stream, { statusCode: 201, headers: { "x-kind": "stream" } });
      http.write("first;");
      if (event.waitFor) await seen(event.waitFor);
      if (event.fail === "throw") throw new Error("after the first byte");
      if (event.fail === "destroy") http.destroy(new Error("escaped through pipeline"));
      for (let index = 0; index < (event.parts ?? 0); index++) {
        if (!http.write("x".repeat(65_536))) await new Promise((resolve) => http.once("drain", resolve));
      }
      http.end("last");
      if (event.mark) http.once("finish", () => writeFileSync(event.mark, String(process.pid)));
    })`,
  unwritten: `export const handler = awslambda.streamifyResponse(async (event, stream) => {
    awslambda.HttpResponseStream.from(stream, { statusCode: 204 }).end();
  })`,
};

let folder: string;
let host: LambdaHost;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lambda-host-"));
  for (const [name, source] of Object.entries(functions)) {
    await writeFile(join(folder, `${name}.mjs`), source);
  }
  host = startLambdaHost({
    functions: Object.keys(functions).map(settingsOf),
    environment: { AWS_REGION: "local", GREETING: "hello" },
    logsDirectory: join(folder, "logs"),
  });
});
afterAll(async () => {
  await host.stop();
  await rm(folder, { recursive: true });
});

const settingsOf = (name: string) => ({
  name,
  bundle: join(folder, `${name}.mjs`),
  exportName: "handler",
  timeoutSeconds: name === "hanging" ? 1 : 10,
  memoryMb: 512,
});

const invoke = async (name: string, event: object = {}) =>
  JSON.parse(payloadOf(await host.invoke(name, event)));

function payloadOf(answer: FunctionResponse): string {
  if (answer.kind !== "buffered") throw new Error("The answer is a stream.");
  return answer.payload;
}

async function openStream(event: object) {
  const answer = await host.invoke("streaming", event);
  if (answer.kind !== "streamed") throw new Error("The answer is not a stream.");
  return answer.body;
}

test("a function receives its event and Lambda's context", async () => {
  await invoke("buffered"); // Starts the process, whose time counts.
  const { body } = await invoke("buffered", { message: "Größe" });

  const { event, name, left } = JSON.parse(body);
  expect(event).toEqual({ message: "Größe" });
  expect(name).toBe("buffered");
  expect(left).toBeGreaterThan(8_000);
  expect(left).toBeLessThanOrEqual(10_000);
});

test("a function sees only its own environment", async () => {
  const { body } = await invoke("environment");

  expect(JSON.parse(body)).toMatchObject({
    GREETING: "hello",
    TZ: ":UTC",
    AWS_LAMBDA_FUNCTION_NAME: "environment",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "512",
  });
  expect(body).not.toContain("VITEST");
});

test("an invocation waits for the bundle of its function, and fails if there will be none", async () => {
  const bundles = {
    buffered: Promise.withResolvers<void>(),
    waiting: Promise.reject(new Error("no")),
  };
  await using bundling = new AsyncDisposableStack();
  const other = startLambdaHost({
    functions: ["buffered", "waiting"].map(settingsOf),
    environment: {},
    logsDirectory: join(folder, "bundling-logs"),
    bundling: (name) => (name === "waiting" ? bundles.waiting : bundles.buffered.promise),
  });
  bundling.defer(() => other.stop());
  let hasAnswered = false;
  const answered = other.invoke("buffered", {}).then(() => {
    hasAnswered = true;
  });

  await expect(other.invoke("waiting", {})).rejects.toThrow("Runtime.NoBundle: no");
  expect(hasAnswered).toBe(false);
  expect(await other.kill("buffered")).toBe(0);
  bundles.buffered.resolve();
  await answered;
});

test("invocations reuse an idle process, and concurrent invocations have one each", async () => {
  const first = await invoke("waiting");
  const second = await invoke("waiting");
  const together = await Promise.all([1, 2, 3].map(() => invoke("waiting", { waitMs: 100 })));

  expect(second.body).toBe(first.body);
  expect(new Set(together.map(({ body }) => body)).size).toBe(3);
});

test("an error of the handler fails the invocation and keeps the process", async () => {
  await expect(host.invoke("throwing", {})).rejects.toThrow("TypeError: broken");
  await expect(host.invoke("throwing", {})).rejects.toThrow("TypeError: broken");
  expect(await host.kill("throwing")).toBe(1);
});

test("a process that exits fails its invocation, and the next invocation has a new process", async () => {
  const before = await invoke("exiting");
  await expect(host.invoke("exiting", { exit: true })).rejects.toThrow("exit code 3");
  const after = await invoke("exiting");

  expect(after.body).not.toBe(before.body);
});

test("a bundle that cannot be loaded fails the invocation, and the log has the reason", async () => {
  await expect(host.invoke("unloadable", {})).rejects.toThrow("exit code 1");
  await host.kill("unloadable");

  expect(await readFile(join(folder, "logs", "unloadable.log"), "utf8")).toContain(
    "no configuration",
  );
});

test("the host kills a function after its timeout", async () => {
  await expect(host.invoke("hanging", {})).rejects.toThrow("Task timed out after 1 seconds");
});

test("the chunks of a stream arrive as the function writes them, after the prelude", async () => {
  const gate = join(folder, "gate");
  const body = await openStream({ waitFor: gate });

  const head = await readPrelude(body);
  const { value: first } = await body.next();
  await writeFile(gate, "");
  const rest = await text(body);

  expect(head).toMatchObject({ statusCode: 201, headers: { "x-kind": "stream" } });
  expect(String(first)).toBe("first;");
  expect(rest).toBe("last");
});

test("a large stream arrives completely at a slow reader", async () => {
  const body = await openStream({ parts: 40 });
  await readPrelude(body);

  const read = await text(body);

  expect(read.length).toBe("first;".length + 40 * 65_536 + "last".length);
});

test("a function runs to its end when its reader leaves", async () => {
  const mark = join(folder, "mark");
  const body = await openStream({ parts: 40, mark });
  await readPrelude(body);

  await body.return();

  await expect.poll(() => readFile(mark, "utf8").catch(() => "")).toMatch(/^\d+$/);
});

test.each([
  ["throws", "throw", "after the first byte"],
  ["breaks its stream", "destroy", "exit code 1"],
])("a function that %s after the first byte cuts the response", async (_, fail, reason) => {
  const body = await openStream({ fail });
  await readPrelude(body);

  await expect(text(body)).rejects.toThrow(reason);
});

test("a stream that ends without a write has no prelude", async () => {
  const answer = await host.invoke("unwritten", {});

  expect(answer.kind).toBe("streamed");
  if (answer.kind === "streamed") expect(await readPrelude(answer.body)).toBeUndefined();
});

test("killing a function cuts its open responses", async () => {
  const body = await openStream({ waitFor: join(folder, "never") });
  await readPrelude(body);

  expect(await host.kill("streaming")).toBeGreaterThan(0);

  await expect(text(body)).rejects.toThrow("SIGKILL");
});

test("each process has an access key of its own, by which the host kills it alone", async () => {
  await host.kill("environment");
  const keyOf = async () => {
    const { AWS_ACCESS_KEY_ID } = JSON.parse((await invoke("environment")).body ?? "");
    return AWS_ACCESS_KEY_ID as string;
  };
  const busy = await openStream({ waitFor: join(folder, "never") });
  const [key, same] = [await keyOf(), await keyOf()];
  expect(same).toBe(key);

  expect(await host.killOne(key)).toBe(true);
  expect(await host.killOne(key)).toBe(false);
  expect(await keyOf()).not.toBe(key);
  expect(await readPrelude(busy)).toBeDefined();
  await host.kill("streaming");
});

test("retire ends idle processes at once and busy ones after their invocation", async () => {
  await host.kill("waiting");
  const before = await invoke("waiting");
  const busy = invoke("waiting", { waitMs: 200 });
  await host.retire();
  const after = await invoke("waiting");

  expect((await busy).body).toBe(before.body);
  expect(after.body).not.toBe(before.body);
});

test("a process exits when its host dies", async () => {
  const program = join(folder, "host.ts");
  const hostFile = join(import.meta.dirname, "lambda-host.ts");
  const settings = { ...settingsOf("waiting"), timeoutSeconds: 60 };
  await writeFile(
    program,
    `import { startLambdaHost } from ${JSON.stringify(hostFile)};
    const host = startLambdaHost({ functions: [${JSON.stringify(settings)}], environment: {}, logsDirectory: ${JSON.stringify(join(folder, "other-logs"))} });
    const { payload } = await host.invoke("waiting", {});
    console.log(JSON.parse(payload).body);
    void host.invoke("waiting", { waitMs: 60_000 });`,
  );
  const parent = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "inherit"] });
  const [output] = await once(parent.stdout, "data");
  const pid = Number(String(output));

  parent.kill("SIGKILL");

  await expect.poll(() => startTimeOf(pid)).toBeUndefined();
});

async function text(body: AsyncIterable<Buffer>): Promise<string> {
  let read = "";
  for await (const chunk of body) read += chunk;
  return read;
}
