import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, it, onTestFinished } from "vitest";
import { createDocumentObjects } from "#lib/platform/s3.ts";
import { startInvokeApi } from "#local/lambda/invoke-api.ts";
import { sendUploadForm } from "#test/support/send-upload-form.ts";

const poll = { interval: 1, timeout: 10_000 };
const root = join(import.meta.dirname, "../..");
const program = `
import { startS3 } from "#local/s3/start-s3.ts";
const [dataDirectory, lambdaEndpoint] = process.argv.slice(1);
const { endpoint } = await startS3({ dataDirectory, bucket: "documents", pageOrigin: () => "", lambdaEndpoint });
console.log(endpoint);
`;

async function start(...args: string[]): Promise<{ child: ChildProcess; endpoint: string }> {
  const options = ["--input-type=module-typescript", "--eval", program, "--", ...args];
  const child = spawn(process.execPath, options, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(async () => {
    if (child.kill("SIGKILL")) await once(child, "exit");
  });
  const [endpoint] = await once(createInterface(child.stdout), "line");
  return { child, endpoint };
}

it("SIGKILL loses no accepted upload and no notification, and leaves no half object", async () => {
  const folder = await mkdtemp(join(tmpdir(), "s3-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const notified = new Set<string>();
  const lambda = await startInvokeApi({
    functions: [{ name: "document-ingest", retryAttempts: 0, eventAgeSeconds: 60 }],
    host: {
      async invoke(_name, event) {
        const { Records } = event as { Records: { s3: { object: { key: string } } }[] };
        for (const { s3 } of Records) notified.add(s3.object.key);
        return { kind: "buffered", payload: "null" };
      },
    },
    log: () => {},
  });
  onTestFinished(() => lambda.close());
  const accepted = new Map<string, Buffer>();
  const tried = new Map<string, Buffer>();
  const config = { region: "us-east-1", documents: { bucket: "documents" } };

  const rounds = 4;
  for (let round = 0; round < rounds; round += 1) {
    const { child, endpoint } = await start(folder, lambda.address);
    const objects = createDocumentObjects({ ...config, endpoints: { s3: endpoint } });
    const send = async (index: number): Promise<void> => {
      const key = `documents/${round}/${index}`;
      const file = Buffer.alloc(300_000, `${key} `);
      tried.set(key, file);
      const sha256 = createHash("sha256").update(file).digest("hex");
      const upload = { key, bytes: file.length, sha256, mediaType: "text/plain" };
      const response = await sendUploadForm(await objects.uploadForm(upload), file);
      if (response.status === 204) accepted.set(key, file);
    };
    const sending = Array.from({ length: 3 }, async (_, sender) => {
      for (let index = sender; child.signalCode === null; index += 3)
        await send(index).catch(() => {});
    });
    // Three more are stored, and two are on their way.
    await expect.poll(() => accepted.size, poll).toBeGreaterThanOrEqual(3 * (round + 1));
    child.kill("SIGKILL");
    await Promise.all([once(child, "exit"), ...sending]);
  }

  const { endpoint } = await start(folder, lambda.address);
  const objects = createDocumentObjects({ ...config, endpoints: { s3: endpoint } });
  for (const [key, file] of tried) {
    const stored = await objects.read(key);
    // An upload whose response was lost may have arrived, but only as a whole.
    if (stored === undefined) expect(accepted.has(key), `${key} is lost`).toBe(false);
    else expect(file.equals(stored), `${key} has other bytes`).toBe(true);
  }
  await expect
    .poll(() => [...accepted.keys()].filter((key) => !notified.has(key)), poll)
    .toEqual([]);
});
