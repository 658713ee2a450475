import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it, onTestFinished, vi } from "vitest";
import { listen } from "#local/http/listen.ts";
import { startS3 } from "#local/s3/start-s3.ts";
import { sendUploadForm } from "#test/support/send-upload-form.ts";
import { createDocumentObjects, fileUrlSeconds, uploadFormSeconds } from "./s3.ts";

const folder = await mkdtemp(join(tmpdir(), "s3-"));
let nowMs: number | undefined;
const server = await startS3({
  dataDirectory: folder,
  bucket: "documents",
  pageOrigin: () => "http://localhost:3000",
  now: () => nowMs ?? Date.now(),
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const openObjects = (s3: string) =>
  createDocumentObjects({
    region: "us-east-1",
    documents: { bucket: "documents" },
    endpoints: { s3 },
  });
const objects = openObjects(server.endpoint);

const text = Buffer.from("Notice is six weeks.");
const sha256 = createHash("sha256").update(text).digest("hex");
const uploadOf = (key: string) => ({
  ...{ key, bytes: text.length, sha256, mediaType: "text/plain" },
});

async function upload(key: string, file: Uint8Array = text) {
  return sendUploadForm(await objects.uploadForm(uploadOf(key)), file);
}

it("a form stores exactly the announced bytes, and read returns them", async () => {
  expect((await upload("documents/a/1")).status).toBe(204);
  expect(await objects.read("documents/a/1")).toEqual(new Uint8Array(text));
});

it.each([
  ["a longer file", "Notice is six weeks..", "EntityTooLarge"],
  ["a shorter file", "Notice is six weeks", "EntityTooSmall"],
  ["other bytes of the same length", "Notice is ten weeks.", "BadDigest"],
])("a form refuses %s", async (_what, file, code) => {
  const response = await upload("documents/a/2", Buffer.from(file));
  expect(response.status).toBe(400);
  expect(await response.text()).toContain(`<Code>${code}</Code>`);
  expect(await objects.read("documents/a/2")).toBeUndefined();
});

it("a form works for 15 minutes", async () => {
  const askedAtMs = Date.now();
  const form = await objects.uploadForm(uploadOf("documents/a/3"));
  const expiryMs = form.expiresAt.getTime();
  // The SDK's clock is that of the server's last response, as it came here.
  expect(expiryMs - askedAtMs).toBeGreaterThan(uploadFormSeconds * 1_000 - 60_000);
  nowMs = expiryMs - 1_000;
  const inTime = await sendUploadForm(form, text);
  nowMs = expiryMs + 1_000;
  const late = await sendUploadForm(form, text);
  nowMs = undefined;
  expect([inTime.status, late.status]).toEqual([204, 403]);
  expect(await late.text()).toContain("Policy expired");
});

it("a form ends when it says, though the SDK follows the clock of S3", async () => {
  const late = await listen((_request, response) => {
    response.writeHead(204, { date: new Date(Date.now() - 30_000).toUTCString() }).end();
  });
  onTestFinished(late.close);
  const corrected = openObjects(late.address);
  await corrected.remove("documents/a/3");
  const { fields, expiresAt } = await corrected.uploadForm(uploadOf("documents/a/3"));
  const policy = JSON.parse(Buffer.from(fields.Policy ?? "", "base64").toString());
  expect(expiresAt).toEqual(new Date(policy.expiration));
});

it("remove removes an object, and succeeds without one", async () => {
  await upload("documents/a/4");
  await objects.remove("documents/a/4");
  await objects.remove("documents/a/4");
  expect(await objects.read("documents/a/4")).toBeUndefined();
});

it("the address of a file downloads it under its name, also in ranges, for five minutes", async () => {
  await upload("documents/a/5");
  const name = "Kündigung (neu) *1*; it's.html";
  const url = await objects.fileUrl("documents/a/5", { name, mediaType: "text/html" });
  const whole = await fetch(url);
  expect(await whole.text()).toBe(text.toString());
  expect(whole.headers.get("content-type")).toBe("text/html");
  const [, encoded = ""] =
    /^attachment; filename\*=UTF-8''([\w.~%-]+)$/.exec(
      whole.headers.get("content-disposition") ?? "",
    ) ?? [];
  expect(decodeURIComponent(encoded)).toBe(name);

  const part = await fetch(url, { headers: { range: "bytes=0-5" } });
  expect([part.status, await part.text()]).toEqual([206, "Notice"]);
  nowMs = Date.now() + (fileUrlSeconds + 1) * 1_000;
  const late = await fetch(url);
  nowMs = undefined;
  expect([late.status, await late.text()]).toEqual([403, expect.stringContaining("has expired")]);
});

it("a read stops with its signal", async () => {
  const reason = new Error("the turn was stopped");
  await expect(objects.read("documents/a/1", AbortSignal.abort(reason))).rejects.toBe(reason);
});

it("in AWS the addresses are those that the page's security policy names", async () => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "a");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "b");
  try {
    const inAws = createDocumentObjects({
      region: "eu-central-1",
      documents: { bucket: "team-documents" },
      endpoints: { s3: undefined },
    });
    const origin = "https://team-documents.s3.eu-central-1.amazonaws.com";
    const { url } = await inAws.uploadForm(uploadOf("documents/a/6"));
    expect(new URL(url).origin).toBe(origin);
    const file = await inAws.fileUrl("documents/a/6", { name: "a", mediaType: "text/plain" });
    expect(new URL(file).origin).toBe(origin);
  } finally {
    vi.unstubAllEnvs();
  }
});
