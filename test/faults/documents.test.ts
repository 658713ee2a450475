import { randomUUID } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterAll, describe, expect, it } from "vitest";
import type { Document } from "#lib/contract/document.ts";
import { createDocumentClient } from "#test/support/document-client.ts";
import { allDocumentRows, documentRows, noRows } from "#test/support/document-rows.ts";
import { manyAddresses } from "#test/support/many-addresses.ts";
import { openTwin } from "#test/support/open-twin.ts";
import { noteFigures } from "./figures.ts";
import { type HeldRequest, holdRequest } from "./hold-request.ts";
import { isFullRun } from "./run-size.ts";

/** The model of the twin costs something here, so that the budgets count. */
const { twin, options, logIn } = await openTwin({
  viewerAddress: manyAddresses(),
  eventRetryMs: [200, 200],
  environment: {
    BEDROCK_PRICES: JSON.stringify({ "universal-sentence-encoder-lite": { input: 1, output: 0 } }),
    BUDGET_OWNER_DAY_USD: "50",
    BUDGET_SITE_DAY_USD: "100",
    BUDGET_SITE_MONTH_USD: "100",
  },
});
const database = new pg.Pool({ connectionString: twin.parts.postgres.ownerUrl("app"), max: 4 });
afterAll(() => database.end());
const client = await logIn();
const documents = createDocumentClient(client);

/** A word of letters, so that every text has as many terms in the search. */
const newWord = () =>
  randomUUID().replace(/[^a-f]/g, (sign) => String.fromCharCode(103 + (sign.charCodeAt(0) % 16)));
/** Long enough that its language is found. */
const newText = () =>
  `Holidays\n\nEverybody in the company has thirty days of holidays in each year and may take them at any time. ${newWord()}\n`;
const keysOf = async ({ id }: { id: string }) =>
  (await twin.parts.s3.keys()).filter((key) => key.includes(`/${id}/`));

/** What an undisturbed document leaves. */
const settledRows = await documentRows(database, (await documents.give(newText())).id);

const blows = [
  "kill, and lose the request",
  "kill after the request",
  "lose the reply",
  "refuse",
] as const;
type Blow = (typeof blows)[number];

/** Between any two of them the function works on files, on S3 or on vectors. */
const ingestMoments = {
  "the begin": "begin_ingestion(",
  "the reservation": "reserve_ingestion(",
  "the storing": "insert into document_chunks",
  "the end of the older version": "is_indexed and document_versions.id",
};
const deleteMoments = {
  "the tombstone": "update documents set deleted_at",
  "the rows": "delete_document_rows(",
};

const strikes = (moments: Record<string, string>, short: [string, Blow][]) =>
  Object.entries(moments).flatMap(([moment, words]) =>
    blows
      .filter((blow) => isFullRun || short.some(([at, by]) => at === moment && by === blow))
      .map((blow) => ({ moment, words, blow })),
  );

async function strike(held: HeldRequest, blow: Blow, functionName: string): Promise<void> {
  await held.reached;
  switch (blow) {
    case "kill, and lose the request":
      await twin.functionKill(functionName);
      return held.drop();
    case "kill after the request":
      await twin.functionKill(functionName);
      return held.release();
    case "lose the reply":
      return held.loseReply();
    case "refuse":
      return held.refuse();
  }
}

/** Nothing is reserved any more, and the budgets have exactly what the bookings have. */
async function checkMoney(): Promise<void> {
  const { rows } = await database.query(`
    select
      (select count(*)::int from bookings where state = 'open') as open,
      (select sum(reserved)::int from budgets) as reserved,
      (select sum(settled)::bigint from budgets where scope = 'site/day')
        - (select sum(spent)::bigint from bookings) as difference`);
  expect(rows).toEqual([{ open: 0, reserved: 0, difference: "0" }]);
}

describe("an ingestion", { timeout: 120_000 }, () => {
  it.each(
    strikes(ingestMoments, [
      ["the begin", "kill after the request"],
      ["the storing", "kill after the request"],
      ["the storing", "lose the reply"],
      ["the end of the older version", "kill, and lose the request"],
    ]),
  )("ends in a ready document: $blow at $moment", async ({ words, blow }) => {
    const first = await documents.give(newText());
    const file = newText();
    const created = await documents.add(file, { replaces: first.id });
    const held = holdRequest(twin.parts.neon, words);
    await documents.upload(created, file);
    await strike(held, blow, "document-ingest");
    const ready = await documents.untilRead(created.document);
    expect(ready).toMatchObject({
      state: "ready",
      searched_version_id: created.document.version_id,
    });
    await eventsToEnd();
    await twin.functionInvoke("document-sweep");
    // Two versions with their texts, of which the search knows one.
    expect(await documentRows(database, first.id)).toEqual({
      ...{ documents: 1, versions: 2 },
      parts: 2 * (settledRows.parts ?? 0),
      chunks: 2 * (settledRows.chunks ?? 0),
      postings: settledRows.postings,
      vectors: settledRows.vectors,
    });
    expect(await keysOf(first)).toHaveLength(2);
    await checkMoney();
  });

  it("reads a file once, though S3 notifies five times, also after the deletion", async () => {
    const file = newText();
    const created = await documents.add(file);
    await Promise.all(Array.from({ length: 5 }, () => documents.upload(created, file)));
    const { id } = await documents.untilRead(created.document);
    await eventsToEnd();
    expect(await documentRows(database, id)).toEqual(settledRows);
    await documents.delete(id);
    await documents.upload(created, file);
    await expect.poll(() => keysOf({ id })).toEqual([]);
    expect(await documentRows(database, id)).toEqual(noRows);
    await checkMoney();
  });

  it("stores nothing of a document that is deleted while it is read", async () => {
    const file = newText();
    const created = await documents.add(file);
    const held = holdRequest(twin.parts.neon, "insert into document_chunks");
    await documents.upload(created, file);
    await held.reached;
    expect((await documents.delete(created.document.id)).status).toBe(204);
    await held.release();
    await eventsToEnd();
    expect(await documentRows(database, created.document.id)).toEqual(noRows);
    expect(await keysOf(created.document)).toEqual([]);
    await checkMoney();
  });
});

describe("a deletion", { timeout: 120_000 }, () => {
  it.each(
    strikes(deleteMoments, [
      ["the tombstone", "kill after the request"],
      ["the rows", "kill, and lose the request"],
      ["the rows", "lose the reply"],
    ]),
  )(
    "is finished by the next event or the sweep: $blow at $moment",
    async ({ moment, words, blow }) => {
      const file = newText();
      const document = await documents.give(file);
      const held = holdRequest(twin.parts.neon, words);
      const deleting = documents.delete(document.id).catch(() => undefined);
      await strike(held, blow, "document-delete");
      await deleting;
      const never =
        moment === "the tombstone" &&
        blow !== "kill after the request" &&
        blow !== "lose the reply";
      if (never) expect((await documents.delete(document.id)).status).toBe(204);
      expect(await isListed(document)).toBe(false);
      await twin.functionInvoke("document-sweep");
      expect(await documentRows(database, document.id)).toEqual(noRows);
      expect(await keysOf(document)).toEqual([]);
    },
  );

  it("is finished by a late event of S3", async () => {
    const file = newText();
    const created = await documents.add(file);
    await documents.upload(created, file);
    const document = await documents.untilRead(created.document);
    const held = holdRequest(twin.parts.neon, deleteMoments["the rows"]);
    const deleting = documents.delete(document.id).catch(() => undefined);
    await strike(held, "kill, and lose the request", "document-delete");
    await deleting;
    await documents.upload(created, file);
    await expect.poll(() => documentRows(database, document.id)).toEqual(noRows);
    await expect.poll(() => keysOf(document)).toEqual([]);
  });
});

it("after all of it, a deletion of everything leaves no row and no object", async (context) => {
  const { documents: rest } = await documents.list();
  noteFigures(context, { "documents left before": rest.length });
  for (const { id } of rest) expect((await documents.delete(id)).status).toBe(204);
  await twin.functionInvoke("document-sweep");
  expect(await allDocumentRows(database)).toBe(0);
  expect(await twin.parts.s3.keys()).toEqual([]);
  await checkMoney();
});

async function isListed({ id }: Document): Promise<boolean> {
  return (await documents.list()).documents.some((document) => document.id === id);
}

/** Resolves when every event has run for the last time: S3 and Lambda keep a file for each event until then. */
async function eventsToEnd(): Promise<void> {
  const folders = ["s3/events", "events"].map((name) => join(options.dataDirectory, name));
  await expect
    .poll(async () => (await Promise.all(folders.map((folder) => readdir(folder)))).flat())
    .toEqual([]);
}
