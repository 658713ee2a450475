import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { afterEach, expect, it, onTestFinished } from "vitest";
import { createLambda } from "#lib/platform/lambda.ts";
import { startInvokeApi } from "./invoke-api.ts";
import { InvocationFailed } from "./sandbox.ts";

const toClose: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(toClose.splice(0).map((close) => close()));
});

type Handler = (event: unknown) => Promise<unknown>;

/** Starts the API with one function, `turn-run`, that runs the handler. */
async function open(handler: Handler, settings = {}, folder?: string) {
  const dropped: string[] = [];
  const events: unknown[] = [];
  const api = await startInvokeApi({
    functions: [{ name: "turn-run", retryAttempts: 2, eventAgeSeconds: 21_600, ...settings }],
    host: {
      async invoke(_name, event) {
        events.push(event);
        return { kind: "buffered", payload: JSON.stringify((await handler(event)) ?? null) };
      },
    },
    retryMs: [1, 2],
    folder,
    log: (line) => dropped.push(line),
  });
  const client = new LambdaClient({
    endpoint: api.address,
    region: "local",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });
  toClose.push(async () => {
    client.destroy();
    await api.close();
  });
  const invoke = (input: Partial<InvokeCommand["input"]> = {}) =>
    client.send(new InvokeCommand({ FunctionName: "turn-run", Payload: '{"turn":1}', ...input }));
  return { api, invoke, events, dropped };
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "events-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

const fail = async () => {
  throw new InvocationFailed({ errorType: "Runtime.ExitError", errorMessage: "killed" });
};

it("an event is accepted with a 202 before its function ends, and the response has no payload", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { invoke, events } = await open(() => promise);
  const { StatusCode, Payload, FunctionError } = await invoke({ InvocationType: "Event" });
  expect([StatusCode, Payload ?? null, FunctionError]).toEqual([202, null, undefined]);
  expect(events).toEqual([{ turn: 1 }]);
  resolve();
});

it("a failed event runs three times, and is then dropped", async () => {
  const { invoke, events, dropped } = await open(fail);
  await invoke({ InvocationType: "Event" });
  await expect.poll(() => dropped).toHaveLength(1);
  expect(events).toEqual([{ turn: 1 }, { turn: 1 }, { turn: 1 }]);
  expect(dropped[0]).toBe("turn-run: dropped an event after 3 runs: Runtime.ExitError: killed");
});

it("an event that succeeds at the second run is not run again", async () => {
  let runs = 0;
  const { invoke, dropped } = await open(async () => {
    runs += 1;
    if (runs === 1) await fail();
  });
  await invoke({ InvocationType: "Event" });
  await expect.poll(() => runs).toBe(2);
  expect(dropped).toEqual([]);
});

it("a function without retries runs a failed event once", async () => {
  const { invoke, events, dropped } = await open(fail, { retryAttempts: 0 });
  await invoke({ InvocationType: "Event" });
  await expect.poll(() => dropped).toHaveLength(1);
  expect(events).toHaveLength(1);
});

it("an event that would be too old at its next run is dropped", async () => {
  const { invoke, events, dropped } = await open(fail, { eventAgeSeconds: 0 });
  await invoke({ InvocationType: "Event" });
  await expect.poll(() => dropped).toHaveLength(1);
  expect(events).toHaveLength(1);
});

it("a call that waits gets the result, or a 200 that names the function's error", async () => {
  const { invoke } = await open(async () => ({ answer: 42 }));
  const good = await invoke();
  expect([good.StatusCode, good.Payload?.transformToString()]).toEqual([200, '{"answer":42}']);
  const broken = await open(fail);
  const bad = await broken.invoke();
  expect([bad.StatusCode, bad.FunctionError]).toEqual([200, "Unhandled"]);
  expect(JSON.parse(bad.Payload?.transformToString() ?? "")).toEqual({
    errorType: "Runtime.ExitError",
    errorMessage: "killed",
  });
  expect(broken.events).toHaveLength(1);
});

it.each([
  ["an unknown function", { FunctionName: "missing" }, "ResourceNotFoundException", 404],
  ["a payload that is not JSON", { Payload: "{" }, "InvalidRequestContentException", 400],
  [
    "an event of more than 1 MB",
    { InvocationType: "Event", Payload: `"${"a".repeat(1024 * 1024)}"` },
    "RequestTooLargeException",
    413,
  ],
] as const)("refuses %s", async (_what, input, name, status) => {
  const { invoke, events } = await open(async () => {});
  await expect(invoke(input)).rejects.toMatchObject({
    name,
    $metadata: { httpStatusCode: status },
  });
  expect(events).toEqual([]);
});

it("an event that was running when the queue closed runs again with the next queue, and then no more", async () => {
  const folder = await newFolder();
  const never = Promise.withResolvers<void>();
  const stopped = await open(() => never.promise, {}, folder);
  await stopped.invoke({ InvocationType: "Event" });
  await expect.poll(() => stopped.events).toEqual([{ turn: 1 }]);
  await stopped.api.close();
  // As the process of a function dies with its host.
  never.reject(new InvocationFailed({ errorType: "Runtime.ExitError", errorMessage: "killed" }));

  const started = await open(async () => {}, {}, folder);
  await expect.poll(() => started.events).toEqual([{ turn: 1 }]);
  await expect.poll(() => readdir(folder)).toEqual([]);
  await started.api.close();
  expect((await open(async () => {}, {}, folder)).events).toEqual([]);
});

it("an event that is dropped does not run after the next start", async () => {
  const folder = await newFolder();
  const { invoke, dropped } = await open(fail, { retryAttempts: 0 }, folder);
  await invoke({ InvocationType: "Event" });
  await expect.poll(() => dropped).toHaveLength(1);
  expect(await readdir(folder)).toEqual([]);
});

it("an event whose write was cut off was not accepted", async () => {
  const folder = await newFolder();
  await writeFile(join(folder, "0b9c7a1e"), '{"functionName":"turn-run","ev');
  const { events } = await open(async () => {}, {}, folder);
  expect(events).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
});

it("our own client sends an event, and says why an event was not accepted", async () => {
  const { api, events } = await open(async () => {});
  const lambda = createLambda({
    region: "local",
    endpoints: { lambda: api.address },
  });
  await lambda.sendEvent("turn-run", { turn: 2 });
  expect(events).toEqual([{ turn: 2 }]);
  await expect(lambda.sendEvent("missing", {})).rejects.toThrow(
    "Lambda returned 404: ResourceNotFoundException",
  );
  await api.close();
  toClose.length = 0;
  await expect(lambda.sendEvent("turn-run", {})).rejects.toThrow(/ECONNREFUSED|hang up/);
});
