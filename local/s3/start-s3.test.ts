import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { createPresignedPost, type PresignedPostOptions } from "@aws-sdk/s3-presigned-post";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { twinCredentials } from "#lib/platform/sign-request.ts";
import { startInvokeApi } from "#local/lambda/invoke-api.ts";
import { sendUploadForm } from "#test/support/send-upload-form.ts";
import { type S3Server, startS3 } from "./start-s3.ts";

const origin = "http://localhost:3000";
const folders: string[] = [];
async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "s3-"));
  folders.push(folder);
  return folder;
}
let server: S3Server;
let client: S3Client;
let nowMs: number | undefined;

const clientOf = (endpoint: string, credentials = twinCredentials) =>
  new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials });

beforeAll(async () => {
  server = await startS3({
    dataDirectory: await makeFolder(),
    bucket: "documents",
    pageOrigin: () => origin,
    now: () => nowMs ?? Date.now(),
  });
  client = clientOf(server.endpoint);
});
afterEach(() => {
  nowMs = undefined;
});
afterAll(async () => {
  client.destroy();
  await server.close();
  for (const folder of folders) await rm(folder, { recursive: true });
});

const text = Buffer.from("Notice is six weeks.");
const sha256 = createHash("sha256").update(text).digest("base64");

/** Returns a form as the functions make it, and parts of it changed. */
async function formOf(changes: Partial<PresignedPostOptions> = {}, s3 = client) {
  return createPresignedPost(s3, {
    Bucket: "documents",
    Key: "documents/a/1",
    Expires: 900,
    Fields: {
      "Content-Type": "text/plain",
      "x-amz-checksum-algorithm": "SHA256",
      "x-amz-checksum-sha256": sha256,
    },
    Conditions: [["content-length-range", text.length, text.length]],
    ...changes,
  });
}

async function refusalOf(sent: Response | Promise<Response>) {
  const response = await sent;
  const xml = await response.text();
  expect(response.headers.get("content-type")).toBe("application/xml");
  const [, code] = /<Code>(\w+)<\/Code>/.exec(xml) ?? [];
  return { status: response.status, code, xml };
}

describe("an upload", () => {
  it("is stored with its type, checksum and ETag, and its response is an empty 204", async () => {
    const response = await sendUploadForm(await formOf(), text);
    expect([response.status, await response.text()]).toEqual([204, ""]);
    const etag = `"${createHash("md5").update(text).digest("hex")}"`;
    expect(response.headers.get("etag")).toBe(etag);
    const key = { Bucket: "documents", Key: "documents/a/1" };
    expect(
      await client.send(new HeadObjectCommand({ ...key, ChecksumMode: "ENABLED" })),
    ).toMatchObject({
      ContentType: "text/plain",
      ContentLength: text.length,
      ChecksumSHA256: sha256,
      ETag: etag,
      ServerSideEncryption: "AES256",
    });
    expect(await server.keys()).toEqual(["documents/a/1"]);
  });

  it("with other bytes replaces the object", async () => {
    const other = Buffer.from("Notice is ten weeks.");
    const Fields = {
      "x-amz-checksum-sha256": createHash("sha256").update(other).digest("base64"),
    };
    expect((await sendUploadForm(await formOf({ Fields }), other)).status).toBe(204);
    const { Body } = await client.send(
      new GetObjectCommand({ Bucket: "documents", Key: "documents/a/1" }),
    );
    expect(await Body?.transformToString()).toBe(String(other));
  });

  type Fields = Record<string, string>;
  const change = (name: string, value: string) => (fields: Fields) => ({
    ...fields,
    [name]: value,
  });
  const without = (name: string) => (fields: Fields) =>
    Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));

  it.each<[string, (fields: Fields) => Fields, number, string, RegExp]>([
    ["without a policy", without("Policy"), 403, "AccessDenied", /Access Denied/],
    ["without a signature", without("X-Amz-Signature"), 400, "InvalidArgument", /x-amz-signature/],
    ["without its key", without("key"), 400, "InvalidArgument", /field named 'key'/],
    [
      "with another key",
      change("key", "documents/b/2"),
      ...([
        403,
        "AccessDenied",
        /Policy Condition failed: \["eq", "\$key", "documents\/a\/1"\]/,
      ] as const),
    ],
    [
      "with another type",
      change("Content-Type", "text/html"),
      ...([403, "AccessDenied", /\["eq", "\$content-type", "text\/plain"\]/] as const),
    ],
    ["without its type", without("Content-Type"), 403, "AccessDenied", /\$content-type/],
    [
      "with another checksum",
      change("x-amz-checksum-sha256", createHash("sha256").update("x").digest("base64")),
      ...([403, "AccessDenied", /\$x-amz-checksum-sha256/] as const),
    ],
    ["without its checksum", without("x-amz-checksum-sha256"), 403, "AccessDenied", /checksum/],
    ["for another bucket", change("bucket", "page"), 403, "AccessDenied", /\$bucket/],
    [
      "with a field more",
      change("acl", "public-read"),
      ...([403, "AccessDenied", /Extra input fields: acl/] as const),
    ],
    [
      "with an altered policy",
      (fields) => change("Policy", `${fields.Policy?.replace("ey", "ez")}`)(fields),
      ...([403, "SignatureDoesNotMatch", /does not match/] as const),
    ],
    [
      "with another date",
      change("X-Amz-Date", "20200101T000000Z"),
      ...([400, "AuthorizationQueryParametersError", /Credential/] as const),
    ],
  ])("%s is refused, and nothing is stored", async (_what, alter, status, code, words) => {
    await server.keys().then((keys) => Promise.all(keys.map(removeKey)));
    const form = await formOf();
    const refusal = await refusalOf(sendUploadForm({ ...form, fields: alter(form.fields) }, text));
    expect(refusal).toEqual({ status, code, xml: expect.stringMatching(words) });
    expect(await server.keys()).toEqual([]);
  });

  it("signed with another key is refused", async () => {
    const known = clientOf(server.endpoint, { ...twinCredentials, secretAccessKey: "guessed" });
    const wrongSecret = await refusalOf(sendUploadForm(await formOf({}, known), text));
    const stranger = clientOf(server.endpoint, { accessKeyId: "AKIA", secretAccessKey: "x" });
    const unknownKey = await refusalOf(sendUploadForm(await formOf({}, stranger), text));
    expect([wrongSecret.code, unknownKey.code]).toEqual([
      "SignatureDoesNotMatch",
      "InvalidAccessKeyId",
    ]);
  });

  it("after the policy's expiry is refused", async () => {
    const form = await formOf({ Expires: 60 });
    nowMs = Date.now() + 61_000;
    const { status, xml } = await refusalOf(sendUploadForm(form, text));
    expect(status).toBe(403);
    expect(xml).toContain("Invalid according to Policy: Policy expired.");
  });

  it.each([
    ["longer", "EntityTooLarge", "MaxSizeAllowed", Buffer.concat([text, text])],
    ["shorter", "EntityTooSmall", "MinSizeAllowed", text.subarray(1)],
  ])("of a %s file is refused", async (_what, code, element, file) => {
    const refusal = await refusalOf(sendUploadForm(await formOf(), file));
    expect([refusal.status, refusal.code]).toEqual([400, code]);
    expect(refusal.xml).toContain(`<ProposedSize>${file.length}</ProposedSize><${element}>20<`);
  });

  it("of other bytes than the checksum's is refused", async () => {
    const refusal = await refusalOf(sendUploadForm(await formOf(), Buffer.from("x".repeat(20))));
    expect([refusal.status, refusal.code]).toEqual([400, "BadDigest"]);
  });

  it("follows the operators of the policy", async () => {
    const conditions: PresignedPostOptions["Conditions"] = [
      ["starts-with", "$x-amz-meta-team", "s"],
      ["eq", "$success_action_status", "200"],
    ];
    const form = await formOf({ Fields: {}, Conditions: conditions });
    const send = (team: string) =>
      sendUploadForm(
        {
          ...form,
          fields: { ...form.fields, "x-amz-meta-team": team, success_action_status: "200" },
        },
        text,
      );
    expect((await send("sales")).ok).toBe(true);
    expect((await refusalOf(send("law"))).xml).toContain("starts-with");
  });

  it("that is no form, or has no file, is refused", async () => {
    const url = `${server.endpoint}/documents`;
    const plain = await refusalOf(fetch(url, { method: "POST", body: "hello" }));
    expect([plain.status, plain.code]).toEqual([412, "PreconditionFailed"]);
    const headers = { "content-type": "multipart/form-data; boundary=x" };
    const broken = await refusalOf(fetch(url, { method: "POST", headers, body: "--x\r\nno" }));
    expect([broken.status, broken.code]).toEqual([400, "MalformedPOSTRequest"]);
    const form = new FormData();
    form.append("key", "documents/a/1");
    const empty = await refusalOf(fetch(url, { method: "POST", body: form }));
    expect([empty.status, empty.code]).toEqual([400, "InvalidArgument"]);
  });

  it("into another bucket is refused", async () => {
    const refusal = await refusalOf(
      sendUploadForm({ ...(await formOf()), url: `${server.endpoint}/page` }, text),
    );
    expect([refusal.status, refusal.code]).toEqual([404, "NoSuchBucket"]);
  });
});

const removeKey = (Key: string) =>
  client.send(new DeleteObjectCommand({ Bucket: "documents", Key }));

describe("an object", () => {
  const get = new GetObjectCommand({ Bucket: "documents", Key: "documents/a/1" });
  const signed = (expiresIn = 300) => getSignedUrl(client, get, { expiresIn });
  beforeAll(async () => {
    await sendUploadForm(await formOf(), text);
  });

  it.each([
    ["bytes=0-5", "Notice", "bytes 0-5/20"],
    ["bytes=7-", "is six weeks.", "bytes 7-19/20"],
    ["bytes=-6", "weeks.", "bytes 14-19/20"],
    ["bytes=14-900", "weeks.", "bytes 14-19/20"],
  ])("gives the range %s", async (range, expected, contentRange) => {
    const response = await fetch(await signed(), { headers: { range } });
    expect([response.status, await response.text()]).toEqual([206, expected]);
    expect(response.headers.get("content-range")).toBe(contentRange);
    expect(response.headers.get("content-length")).toBe(String(expected.length));
  });

  it.each(["bytes=20-", "bytes=-0"])("has no range %s", async (range) => {
    const response = await fetch(await signed(), { headers: { range } });
    expect(response.headers.get("content-range")).toBe("bytes */20");
    expect(await refusalOf(response)).toMatchObject({ status: 416, code: "InvalidRange" });
  });

  it.each(["bytes=0-1,3-4", "bytes=5-2", "lines=1-2"])(
    "is sent whole for the range %s",
    async (range) => {
      const response = await fetch(await signed(), { headers: { range } });
      expect([response.status, await response.text()]).toEqual([200, String(text)]);
    },
  );

  it("is not given without a signature, with an altered one, for another key, or too late", async () => {
    const url = await signed(60);
    const plain = await refusalOf(fetch(url.split("?")[0] ?? ""));
    const altered = await refusalOf(fetch(url.replace(/Signature=../, "Signature=zz")));
    const longer = await refusalOf(fetch(url.replace("Expires=60", "Expires=600")));
    const other = await refusalOf(fetch(url.replace("/a/1", "/a/2")));
    const renamed = await refusalOf(fetch(`${url}&response-content-type=text%2Fhtml`));
    nowMs = Date.now() + 61_000;
    const late = await refusalOf(fetch(url));
    expect([plain, altered, longer, other, renamed, late].map(({ code }) => code)).toEqual([
      "AccessDenied",
      "SignatureDoesNotMatch",
      "SignatureDoesNotMatch",
      "SignatureDoesNotMatch",
      "SignatureDoesNotMatch",
      "AccessDenied",
    ]);
    expect(late.xml).toContain("Request has expired");
  });

  it("that does not exist is a NoSuchKey, and removing it is a 204", async () => {
    const missing = { Bucket: "documents", Key: "documents/no/such" };
    await expect(client.send(new GetObjectCommand(missing))).rejects.toMatchObject({
      name: "NoSuchKey",
    });
    const { $metadata } = await client.send(new DeleteObjectCommand(missing));
    expect($metadata.httpStatusCode).toBe(204);
  });

  it("is written only by a form", async () => {
    const put = new PutObjectCommand({ Bucket: "documents", Key: "documents/a/1", Body: "x" });
    await expect(client.send(put)).rejects.toMatchObject({ name: "MethodNotAllowed" });
  });
});

describe("a browser's question before a request", () => {
  const ask = (headers: Record<string, string>) =>
    fetch(`${server.endpoint}/documents`, { method: "OPTIONS", headers });
  const method = "access-control-request-method";

  it("is answered for the page's origin", async () => {
    const response = await ask({ origin, [method]: "POST" });
    expect(response.status).toBe(200);
    expect(response.headers.get("access-control-allow-origin")).toBe(origin);
    const names = "access-control-request-headers";
    expect((await ask({ origin, [method]: "GET", [names]: "Range" })).status).toBe(200);
  });

  it.each<[string, Record<string, string>]>([
    ["another origin", { origin: "http://127.0.0.1:3000", [method]: "POST" }],
    ["another method", { origin, [method]: "DELETE" }],
    [
      "another header",
      { origin, [method]: "POST", "access-control-request-headers": "authorization" },
    ],
  ])("is refused for %s", async (_what, headers) => {
    const response = await ask(headers);
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
    expect(await refusalOf(response)).toMatchObject({ status: 403, code: "AccessForbidden" });
  });

  it("decides who may read responses and refusals", async () => {
    const form = await formOf();
    const headerOf = async (from: string, file: Uint8Array) =>
      (await sendUploadForm(form, file, { origin: from })).headers.get(
        "access-control-allow-origin",
      );
    expect(await headerOf(origin, text)).toBe(origin);
    expect(await headerOf(origin, text.subarray(1))).toBe(origin);
    expect(await headerOf("https://evil.example", text)).toBeNull();
  });
});

describe("a notification", () => {
  interface Lambda {
    endpoint: string;
    events: { Records: [{ eventName: string; s3: { object: object; bucket: object } }] }[];
    close(): Promise<void>;
  }

  async function startLambda(): Promise<Lambda> {
    const events: Lambda["events"] = [];
    const api = await startInvokeApi({
      functions: [{ name: "document-ingest", retryAttempts: 2, eventAgeSeconds: 21_600 }],
      host: {
        async invoke(_name, event) {
          events.push(event as Lambda["events"][number]);
          return { kind: "buffered", payload: "null" };
        },
      },
      log: () => {},
    });
    return { endpoint: api.address, events, close: api.close };
  }

  async function open() {
    const dataDirectory = await makeFolder();
    const start = (lambdaEndpoint: string) =>
      startS3({ dataDirectory, bucket: "documents", pageOrigin: () => origin, lambdaEndpoint });
    return { dataDirectory, start };
  }

  const uploadTo = async ({ endpoint }: S3Server, Key = "documents/a b/1") => {
    const s3 = clientOf(endpoint);
    expect((await sendUploadForm(await formOf({ Key }, s3), text)).status).toBe(204);
    s3.destroy();
  };

  it("says what was stored, once, and only for documents", async () => {
    const lambda = await startLambda();
    const { dataDirectory, start } = await open();
    const s3 = await start(lambda.endpoint);
    await uploadTo(s3, "other/1");
    await uploadTo(s3);
    await expect.poll(() => lambda.events.length).toBe(1);
    await expect.poll(() => readdir(join(dataDirectory, "events"))).toEqual([]);
    const [record] = lambda.events[0]?.Records ?? [];
    expect(record).toMatchObject({
      eventSource: "aws:s3",
      eventName: "ObjectCreated:Post",
      s3: { bucket: { name: "documents" }, object: { key: "documents/a+b/1", size: 20 } },
    });
    await s3.close();
    expect(lambda.events).toHaveLength(1);
    await lambda.close();
  });

  it("that Lambda did not accept is delivered after the next start", async () => {
    const first = await startLambda();
    await first.close();
    const { dataDirectory, start } = await open();
    const stopped = await start(first.endpoint);
    await uploadTo(stopped);
    await stopped.close();
    expect(await readdir(join(dataDirectory, "events"))).toHaveLength(1);

    const second = await startLambda();
    const started = await start(second.endpoint);
    await expect.poll(() => second.events.length).toBe(1);
    await started.close();
    await second.close();
  });

  it("of an upload that a crash has cut off is not sent, and the upload is gone", async () => {
    const lambda = await startLambda();
    const { dataDirectory, start } = await open();
    for (const name of ["uploads", "events"]) await mkdir(join(dataDirectory, name));
    // What is on disk between the write of the event and the rename of the object.
    await writeFile(join(dataDirectory, "uploads", "7"), '{"key":"documents/a/1"}\nhalf');
    await writeFile(join(dataDirectory, "events", "7.json"), '{"Records":[');
    const s3 = await start(lambda.endpoint);
    await uploadTo(s3, "documents/a/2");
    await expect.poll(() => lambda.events.length).toBe(1);
    expect(await s3.keys()).toEqual(["documents/a/2"]);
    expect(await readdir(join(dataDirectory, "uploads"))).toEqual([]);
    await s3.close();
    await lambda.close();
  });
});
