import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { ChatClient } from "#test/support/chat-client.ts";
import { createDocumentClient } from "#test/support/document-client.ts";
import { allDocumentRows, documentRows, noRows } from "#test/support/document-rows.ts";
import { manyAddresses } from "#test/support/many-addresses.ts";
import { openTwin } from "#test/support/open-twin.ts";

const { twin, logIn } = await openTwin({
  viewerAddress: manyAddresses(),
  environment: {
    DOCUMENT_MEGABYTES: "1",
    DOCUMENT_OWNER_MEGABYTES: "2",
    DOCUMENT_OWNER_COUNT: "4",
  },
});
const database = new pg.Client(twin.parts.postgres.ownerUrl("app"));
await database.connect();
afterAll(() => database.end());

let client: ChatClient;
let documents: ReturnType<typeof createDocumentClient>;
beforeEach(async () => {
  client = await logIn();
  documents = createDocumentClient(client);
});

const text = (words: string = randomUUID()) =>
  `# Holidays\n\nEverybody has thirty days. ${words}\n`;
const keysOf = async (id: string) =>
  (await twin.parts.s3.keys()).filter((key) => key.includes(`/${id}/`));

describe("a document", () => {
  it("is uploaded, read, shown, downloaded and deleted, and leaves nothing", async () => {
    const file = text();
    const created = await documents.add(file);
    expect(created).toMatchObject({
      document: { state: "uploading", scope: "own", name: "Plan.txt", is_mine: true },
      upload: {
        fields: { key: `documents/${created.document.id}/${created.document.version_id}` },
      },
    });
    expect((await documents.get(created.document.id)).file_url).toBeNull();
    expect((await documents.upload(created, file)).ok).toBe(true);
    const ready = await documents.untilRead(created.document);
    expect(ready).toMatchObject({ state: "ready", pages: 1, language: "english" });

    const shown = await documents.get(ready.id);
    expect(shown).toMatchObject({
      document: ready,
      versions: [{ version: 1, state: "ready" }],
      parts: [{ number: 1, kind: "section", start: 0 }],
      next_cursor: null,
      previous_cursor: null,
    });
    expect(shown.parts[0]?.text).toContain("thirty days");
    const download = await fetch(shown.file_url ?? "");
    expect(await download.text()).toBe(file);
    expect(download.headers.get("content-disposition")).toContain("Plan.txt");

    expect(await keysOf(ready.id)).toHaveLength(1);
    expect(await documentRows(database, ready.id)).toMatchObject({
      versions: 1,
      parts: 1,
      chunks: 1,
    });
    expect((await documents.delete(ready.id)).status).toBe(204);
    expect(await documentRows(database, ready.id)).toEqual(noRows);
    expect(await keysOf(ready.id)).toEqual([]);
    expect((await documents.delete(ready.id)).status).toBe(404);
  });

  it("of somebody else is not found, in the very words of one that does not exist", async () => {
    const { document } = await documents.add(text());
    const stranger = await logIn();
    const answers = async (id: string) => {
      const path = `/api/v1/documents/${id}`;
      const responses = [
        await stranger.send(path),
        await stranger.send(path, { method: "DELETE" }),
        await stranger.sendJson("PATCH", path, { name: "Mine.txt" }),
        await createDocumentClient(stranger).create(text(), { replaces: id }),
      ];
      const bodies = await Promise.all(responses.map((response) => response.text()));
      return responses.map(({ status }, index) => [
        status,
        bodies[index]?.replace(/"request_id":"[^"]+"/, ""),
      ]);
    };
    const foreign = await answers(document.id);
    expect(foreign.map(([status]) => status)).toEqual([404, 404, 404, 404]);
    expect(foreign).toEqual(await answers(randomUUID()));
    expect((await createDocumentClient(stranger).list()).documents).not.toContainEqual(
      expect.objectContaining({ id: document.id }),
    );
  });

  it("of the site is everybody's: another person replaces and deletes it", async () => {
    const document = await documents.give(text(), { scope: "site" });
    const other = createDocumentClient(await logIn());
    const newer = await other.give(text("And now forty."), { replaces: document.id });
    expect(newer).toMatchObject({ id: document.id, version: 2, versions: 2, is_mine: false });
    const old = await documents.get(document.id, `?version_id=${document.version_id}`);
    expect(old.parts[0]?.text).toContain("thirty");
    expect(old.document).toMatchObject({ version: 1, searched_version_id: newer.version_id });
    expect((await other.delete(document.id)).status).toBe(204);
    expect(await documentRows(database, document.id)).toEqual(noRows);
    expect(await keysOf(document.id)).toEqual([]);
  });

  it("with the same bytes is the same document", async () => {
    const file = text();
    const first = await documents.give(file);
    expect(await documents.add(file, { name: "Copy.txt" })).toEqual({
      document: first,
      upload: null,
    });
    expect((await createDocumentClient(await logIn()).add(file)).upload).not.toBeNull();
  });

  it("that cannot be read fails in a sentence, and can be read again", async () => {
    const failed = await documents.give(Buffer.from("no PDF"), { name: "Plan.pdf" });
    expect(failed).toMatchObject({ state: "failed", problem: expect.stringMatching(/\.$/) });
    const response = await documents.update(failed.id, { retry: true });
    expect(await response.json()).toMatchObject({ document: { state: "reading", problem: null } });
    expect(await documents.untilRead(failed)).toMatchObject({ state: "failed" });
  });

  it("goes with its conversation, and the sweep removes its file", async () => {
    const { conversation_id } = await client.chat("My name is Ada.");
    const document = await documents.give(text(), { conversation_id });
    expect(document.conversation_id).toBe(conversation_id);
    const attached = await documents.list(`&conversation_id=${conversation_id}`);
    expect(attached.documents).toEqual([document]);
    await client.send(`/api/v1/conversations/${conversation_id}`, { method: "DELETE" });
    expect((await documents.list()).documents).not.toContainEqual(document);
    await twin.functionInvoke("document-sweep");
    expect(await documentRows(database, document.id)).toEqual(noRows);
    expect(await keysOf(document.id)).toEqual([]);
  });
});

describe("S3", () => {
  it("refuses other bytes than those that were announced", async () => {
    const file = text();
    const created = await documents.add(file);
    expect((await documents.upload(created, `${file}!`)).status).toBe(400);
    expect((await documents.upload(created, file.replace("thirty", "twenty"))).status).toBe(400);
    expect(await keysOf(created.document.id)).toEqual([]);
  });

  it("loses a file whose document was deleted during the upload", async () => {
    const file = text();
    const created = await documents.add(file);
    await documents.delete(created.document.id);
    expect((await documents.upload(created, file)).ok).toBe(true);
    await expect.poll(() => keysOf(created.document.id)).toEqual([]);
  });
});

describe("limits", () => {
  it("are told before an upload, and hold for parallel requests", async () => {
    const { limits } = await documents.list();
    expect(limits).toMatchObject({
      file_bytes: 1024 ** 2,
      own: { bytes: 2 * 1024 ** 2, count: 4, bytes_used: 0, count_used: 0 },
    });
    expect(limits.formats).toContain(".pdf");
    const responses = await Promise.all(Array.from({ length: 8 }, () => documents.create(text())));
    expect(responses.map(({ status }) => status).sort()).toEqual([
      ...[200, 200, 200, 200],
      ...[409, 409, 409, 409],
    ]);
    const refused = responses.find(({ status }) => status === 409);
    expect(await refused?.json()).toMatchObject({ type: expect.stringMatching(/document_quota$/) });
    expect((await documents.list()).limits.own.count_used).toBe(4);
  });

  it("hold for one file", async () => {
    const response = await documents.create("", { bytes: 1024 ** 2 + 1 });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({
      field: "bytes",
      detail: "A document may have at most 1 MB. Send a smaller file.",
    });
  });
});

it.each([
  [{ name: "../../etc/passwd.txt" }, "name"],
  [{ name: `${"a".repeat(1_000)}.txt` }, "name"],
  [{ name: "plan.exe" }, "name"],
  [{ bytes: -1 }, "bytes"],
  [{ sha256: "0" }, "sha256"],
  [{ scope: "all" }, "scope"],
  [{ conversation_id: randomUUID(), scope: "site" }, "conversation_id"],
  [{ replaces: "1" }, "replaces"],
])("a document with %j is refused", async (more, field) => {
  const response = await documents.create(text(), more as object);
  expect([response.status, await response.json()]).toMatchObject([400, { field }]);
});

it.each([
  ["GET", "?limit=0", "limit"],
  ["GET", "?cursor=page-2", "cursor"],
  ["GET", "/1", "id"],
  ["GET", `/${randomUUID()}?around=-1`, "around"],
  ["DELETE", "/1", "id"],
])("%s %s is refused", async (method, rest, field) => {
  const response = await client.send(`/api/v1/documents${rest}`, { method });
  expect([response.status, await response.json()]).toMatchObject([400, { field }]);
});

it("a conversation of somebody else is not found", async () => {
  const { conversation_id } = await (await logIn()).chat("My name is Ada.");
  const response = await documents.create(text(), { conversation_id });
  expect([response.status, await response.json()]).toMatchObject([
    404,
    { detail: "Conversation not found, or not yours." },
  ]);
});

it("after the deletion of every document no row and no object is left", async () => {
  const { rows } = await database.query("select distinct owner from documents");
  expect(rows.length).toBeGreaterThan(3);
  // Each owner's token is gone with its client, so the owner of the tables deletes.
  await database.query("update documents set deleted_at = now()");
  await twin.functionInvoke("document-sweep");
  expect(await allDocumentRows(database)).toBe(0);
  expect(await twin.parts.s3.keys()).toEqual([]);
});
