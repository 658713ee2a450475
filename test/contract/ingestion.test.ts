import { createHash, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { readUsage } from "#lib/budget/usage-report.ts";
import type { DocumentCreate } from "#lib/contract/document.ts";
import { chunkDocument } from "#lib/documents/chunking/chunk-document.ts";
import { createDocumentStore, objectKey } from "#lib/documents/document-store.ts";
import { EmbeddingFailure, type Embeddings } from "#lib/documents/embeddings/embeddings.ts";
import { type IngestDependencies, ingestDocument } from "#lib/documents/ingest-document.ts";
import { createIngestionStore } from "#lib/documents/ingestion-store.ts";
import { readLimits } from "#lib/documents/reading/document-file.ts";
import { readFile } from "#lib/documents/reading/read-file.ts";
import { sweepDocuments } from "#lib/documents/sweep-documents.ts";
import { documentRows } from "#test/support/document-rows.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { openStores } from "./open-stores.ts";
import { newOwner } from "./turn-steps.ts";

const { conversations, database, sql } = await openStores();
const wide = { bytes: 1e9, count: 1e6 };
const documents = createDocumentStore(database, { own: wide, site: wide });
const caps = { ownerDay: 1_000_000, siteDay: 1e12, siteMonth: 1e12 };
const ingestions = createIngestionStore(database, { caps });

/** A bucket in memory, and a model whose vectors depend on nothing. A text costs one microdollar a token, a run costs five. */
function openIngestion(changes: Partial<IngestDependencies> = {}) {
  const files = new Map<string, Uint8Array>();
  const { telemetry, lines } = recordingTelemetry();
  const dependencies: IngestDependencies = {
    ingestions,
    documents,
    telemetry,
    objects: {
      read: async (key) => files.get(key),
      remove: async (key) => void files.delete(key),
    },
    readDocument: async (file) => chunkDocument(await readFile(file, readLimits)),
    embeddings: embeddingsOf("model-1"),
    price: { ofTime: () => 5, ofTokens: (tokens) => tokens, worstOfBytes: (bytes) => bytes },
    ...changes,
  };
  const ingest = (version: Version, isUploaded = true) =>
    ingestDocument(
      dependencies,
      { versionId: version.version_id, isUploaded, ...(isUploaded && { documentId: version.id }) },
      { signal: AbortSignal.timeout(30_000), remainingMs: () => 60_000 },
    );
  return {
    dependencies,
    files,
    lines,
    ingest,
    async add(owner: string, text: string, more: Partial<DocumentCreate> = {}) {
      const bytes = Buffer.from(text);
      const result = await documents.create({
        owner,
        name: "Plan.txt",
        bytes: bytes.length,
        sha256: createHash("sha256").update(bytes).digest("hex"),
        media_type: "text/plain",
        scope: "own",
        ...more,
      });
      if (!("document" in result)) throw new Error(result.outcome);
      const { document } = result;
      files.set(objectKey(document.id, document.version_id), bytes);
      return document;
    },
  };
}
type Version = { id: string; version_id: string };

const embeddingsOf = (modelId: string): Embeddings => ({
  modelId,
  dimensions: 512,
  embed: async (texts) => ({
    vectors: texts.map((_, index) =>
      Float32Array.from({ length: 512 }, (_, at) => Number(at === index % 512)),
    ),
    tokens: texts.length * 10,
  }),
});

const stateOf = async (owner: string, { id }: { id: string }) =>
  (await documents.list({ owner, limit: 100 }))?.page.documents.find((one) => one.id === id);

const rowsOf = ({ id }: { id: string }) =>
  documentRows(
    { query: async (text: string, params: unknown[]) => ({ rows: await sql(text, params) }) },
    id,
  );

async function passagesOf(owner: string, question: string, conversation: string | null = null) {
  const rows = await database.query({
    text: "select name, text from search_documents($1, $2, $3, null, null, null, 10)",
    params: [owner, conversation, question],
  });
  return rows.map(({ text }) => String(text));
}

const text =
  "# Holidays\n\nEverybody has thirty days.\n\n# Travel\n\nTrains are preferred to planes.\n";

describe("an uploaded file", () => {
  it("becomes a document that its owner finds, and its cost is booked once", async () => {
    const { add, ingest, lines } = openIngestion();
    const owner = newOwner();
    const document = await add(owner, text);
    await ingest(document);
    expect(await stateOf(owner, document)).toMatchObject({
      state: "ready",
      language: "english",
      pages: 1,
      searched_version_id: document.version_id,
    });
    expect((await passagesOf(owner, "How many holidays?"))[0]).toContain("thirty days");
    expect(await passagesOf(newOwner(), "How many holidays?")).toEqual([]);
    const rows = await rowsOf(document);
    expect(rows.vectors).toBe(rows.chunks);
    await ingest(document);
    await ingest(document, false);
    expect(await rowsOf(document)).toEqual(rows);
    expect(lines.map(({ event }) => event)).toEqual(["document.ready"]);
    const usage = await readUsage(database, { owner, days: 1, caps });
    const tokens = (rows.chunks ?? 0) * 10;
    expect(usage.days[0]).toMatchObject({
      turns: 0,
      input_tokens: tokens,
      cost_usd: (5 + tokens) / 1e6,
    });
    expect(usage.today.reserved_usd).toBe(0);
  });

  it("of a megabyte is stored in several requests, of which only the last one shows it", async () => {
    const owner = newOwner();
    const paragraphs = Array.from(
      { length: 9_000 },
      (_, number) => `Paragraph ${number} says that item ${number} costs ${number * 7} francs.`,
    );
    const seen: unknown[] = [];
    let requests = 0;
    const watched = createIngestionStore(
      {
        ...database,
        async transaction(statements) {
          requests += 1;
          const results = await database.transaction(statements);
          seen.push((await stateOf(owner, document))?.state);
          return results;
        },
      },
      { caps },
    );
    const { add, ingest } = openIngestion({ ingestions: watched });
    const document = await add(owner, paragraphs.join("\n\n"));
    await ingest(document);
    // One reserves the money of the vectors.
    expect(requests).toBeGreaterThanOrEqual(3);
    expect(new Set(seen.slice(0, -1))).toEqual(new Set(["reading"]));
    expect(seen.at(-1)).toBe("ready");
    const whole = await documents.get({ owner, id: document.id });
    expect(whole?.parts.map((part) => part.text).join("")).toContain(paragraphs[4_321]);
  });

  it("with a fault fails in a sentence, and is read again when its person wants it", async () => {
    const { add, ingest, lines } = openIngestion();
    const owner = newOwner();
    const document = await add(owner, "%PDF-1.7 is no text");
    await ingest(document);
    const failed = await stateOf(owner, document);
    expect(failed).toMatchObject({ state: "failed", problem: expect.stringMatching(/^.+\.$/) });
    expect(lines).toMatchObject([{ event: "document.failed" }]);
    await ingest(document);
    expect(lines).toHaveLength(1);
    const retried = await documents.update({ owner, id: document.id, retry: true });
    expect(retried).toMatchObject({ reads: true, document: { state: "reading" } });
    await ingest(document, false);
    expect(await stateOf(owner, document)).toMatchObject({ state: "failed" });
    expect(lines).toHaveLength(2);
  });

  it("of other bytes than announced fails", async () => {
    const { add, ingest, files } = openIngestion();
    const owner = newOwner();
    const document = await add(owner, text);
    files.set(objectKey(document.id, document.version_id), Buffer.from(text.toUpperCase()));
    await ingest(document);
    expect(await stateOf(owner, document)).toMatchObject({
      problem: "The file differs from the one that was announced. Upload it again.",
    });
  });

  it("that never arrived is forgotten", async () => {
    const { add, ingest, files } = openIngestion();
    const owner = newOwner();
    const document = await add(owner, text);
    files.clear();
    await ingest(document, false);
    expect(await rowsOf(document)).toMatchObject({ documents: 0, versions: 0 });
  });

  it("without a row is removed from the bucket", async () => {
    const { ingest, files } = openIngestion();
    const nobodys = { id: randomUUID(), version_id: randomUUID() };
    const key = objectKey(nobodys.id, nobodys.version_id);
    files.set(key, Buffer.from(text));
    await ingest(nobodys);
    expect(files.size).toBe(0);
  });

  it("costs no more than the owner's day allows", async () => {
    const { add, ingest } = openIngestion();
    const owner = newOwner();
    const large = await add(owner, `${text}${"word ".repeat(300_000)}`);
    await ingest(large);
    expect(await stateOf(owner, large)).toMatchObject({
      state: "failed",
      problem: "Your budget for today is used up. Read the document again tomorrow.",
    });
    expect(await rowsOf(large)).toMatchObject({ parts: 0, chunks: 0, postings: 0 });
    const usage = await readUsage(database, { owner, days: 1, caps });
    expect(usage.today).toMatchObject({ settled_usd: 5 / 1e6, reserved_usd: 0 });
  });
});

describe("an ingestion that a later one overtakes", () => {
  it("writes nothing", async () => {
    const owner = newOwner();
    const slow = openIngestion({
      async readDocument(file) {
        await fast.ingest(document);
        return chunkDocument(
          await readFile({ ...file, bytes: Buffer.from("# Late\n\nToo late.") }, readLimits),
        );
      },
    });
    const fast = openIngestion();
    const document = await slow.add(owner, text);
    for (const [key, bytes] of slow.files) fast.files.set(key, bytes);
    await slow.ingest(document);
    expect(await stateOf(owner, document)).toMatchObject({ state: "ready" });
    expect((await documents.get({ owner, id: document.id }))?.parts[0]?.text).toContain("thirty");
    expect(slow.lines).toMatchObject([{ event: "document.superseded" }]);
    expect((await readUsage(database, { owner, days: 1, caps })).today.reserved_usd).toBe(0);
  });

  it("writes nothing after a deletion", async () => {
    const owner = newOwner();
    const opened = openIngestion({
      async readDocument(file) {
        await documents.beginDeletion({ owner, id: document.id });
        return chunkDocument(await readFile(file, readLimits));
      },
    });
    const document = await opened.add(owner, text);
    await opened.ingest(document);
    expect(await rowsOf(document)).toMatchObject({ documents: 1, parts: 0, chunks: 0 });
    await opened.ingest(document);
    expect(await rowsOf(document)).toMatchObject({ documents: 0, versions: 0 });
    expect(opened.files.size).toBe(0);
  });
});

describe("a newer version", () => {
  it("takes the place of the older one in the search, whichever is ready first", async () => {
    const { add, ingest } = openIngestion();
    const owner = newOwner();
    const first = await add(owner, text);
    await ingest(first);
    const replaces = first.id;
    const second = await add(owner, text.replace("thirty", "forty"), { replaces });
    const third = await add(owner, text.replace("thirty", "fifty"), { replaces });
    expect((await passagesOf(owner, "holidays"))[0]).toContain("thirty days");
    await ingest(third);
    await ingest(second);
    const passages = (await passagesOf(owner, "holidays")).join();
    expect(passages).toContain("fifty days");
    expect(passages).not.toMatch(/thirty|forty/);
    const rows = await rowsOf(first);
    expect(rows.versions).toBe(3);
    // The older versions keep their texts for old citations, and lose what the search needs.
    expect(rows.chunks).toBe(3 * (rows.vectors ?? 0));
  });
});

describe("a model that fails", () => {
  const failing: Embeddings = {
    ...embeddingsOf("model-1"),
    embed: async () => {
      throw new EmbeddingFailure("The embedding model is busy.", { tokens: 7 });
    },
  };

  it("makes Lambda repeat the event, and at last leaves the document to its words", async () => {
    const { add, ingest, lines } = openIngestion({ embeddings: failing });
    const owner = newOwner();
    const document = await add(owner, text);
    await expect(ingest(document)).rejects.toThrow(EmbeddingFailure);
    await expect(ingest(document)).rejects.toThrow(EmbeddingFailure);
    expect(await stateOf(owner, document)).toMatchObject({ state: "reading" });
    await ingest(document);
    expect(await stateOf(owner, document)).toMatchObject({ state: "ready" });
    expect((await passagesOf(owner, "holidays"))[0]).toContain("thirty days");
    expect(lines.map(({ event }) => event)).toEqual(["document.without_vectors", "document.ready"]);
    const usage = await readUsage(database, { owner, days: 1, caps });
    expect(usage.today).toMatchObject({ settled_usd: (3 * 5 + 3 * 7) / 1e6, reserved_usd: 0 });
  });
});

it("a reading that never ends fails after six", async () => {
  const { add, ingest } = openIngestion({
    readDocument: () => Promise.reject(new Error("The process died.")),
  });
  const owner = newOwner();
  const document = await add(owner, text);
  for (let number = 1; number <= 6; number += 1) {
    await expect(ingest(document)).rejects.toThrow("died");
  }
  await ingest(document);
  expect(await stateOf(owner, document)).toMatchObject({
    problem: "The file could not be read: reading it ended several times without a result.",
  });
});

describe("the sweep", () => {
  it("finishes deletions, sends what was not read, and has other vectors made", async () => {
    const opened = openIngestion();
    const { add, ingest, files, dependencies } = opened;
    const owner = newOwner();
    const [conversation] = await sql(
      "insert into conversations (id, owner, title) values ($1, $2, 'Talk') returning id",
      [randomUUID(), owner],
    );
    const conversation_id = String(conversation?.id);
    const attached = await add(owner, text, { conversation_id });
    const [ready, uploading, reading] = [
      await add(owner, `${text}1`),
      await add(owner, `${text}2`),
      await add(owner, `${text}3`),
    ];
    await ingest(attached);
    await ingest(ready);
    await conversations.delete({ owner, id: conversation_id });
    const sent: string[] = [];
    const sweep = async () => {
      sent.length = 0;
      await sweepDocuments(
        {
          ...{ database, documents, ingestions, telemetry: dependencies.telemetry },
          objects: dependencies.objects,
          modelId: "model-2",
          sendIngestion: async ({ version_id }) => void sent.push(version_id),
        },
        () => true,
      );
      return sent;
    };
    expect(await sweep()).toContain(ready.version_id);
    expect(sent).not.toContain(uploading.version_id);
    expect(await rowsOf(attached)).toMatchObject({
      documents: 0,
      chunks: 0,
      postings: 0,
      vectors: 0,
    });
    expect(files.has(objectKey(attached.id, attached.version_id))).toBe(false);
    await sql(
      "update document_versions set created_at = now() - interval '2 hours', began_at = now() - interval '2 hours' where owner = $1",
      [owner],
    );
    await sql("update document_versions set state = 'reading' where id = $1", [reading.version_id]);
    expect(await sweep()).toEqual(
      expect.arrayContaining([ready, uploading, reading].map(({ version_id }) => version_id)),
    );
    const anew = openIngestion({ embeddings: embeddingsOf("model-2") });
    for (const [key, bytes] of files) anew.files.set(key, bytes);
    const before = await rowsOf(ready);
    for (const version of [ready, uploading, reading]) await anew.ingest(version, false);
    expect(await rowsOf(ready)).toEqual(before);
    const [row] = await sql("select embedding_model from document_versions where id = $1", [
      ready.version_id,
    ]);
    expect(row).toEqual({ embedding_model: "model-2" });
    expect(await sweep()).toEqual(
      expect.not.arrayContaining([ready.version_id, uploading.version_id]),
    );
    expect(await stateOf(owner, reading)).toMatchObject({ state: "ready" });
  });
});
