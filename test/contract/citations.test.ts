import { describe, expect, it } from "vitest";
import { createAnswerCheck } from "#lib/chat/check-answer.ts";
import type { Citation } from "#lib/contract/citation.ts";
import type { Source } from "#lib/contract/source.ts";
import { DatabaseUnavailable } from "#lib/platform/postgres.ts";
import { type StoredDocument, storeDocument } from "#test/support/stored-document.ts";
import { openStores } from "./open-stores.ts";
import { acceptAll, claimLease, endOf } from "./turn-steps.ts";

const {
  beginTransaction,
  conversations,
  database,
  requestsOf,
  sql,
  turns,
  turnsOn,
  waitForBlocked,
} = await openStores();

const sourceOf = ({ id, versionId, chunks: [chunk] }: StoredDocument, index = 1): Source => ({
  ...{ index, title: "Handbook", document_id: id, version_id: versionId },
  ...{ chunk_id: chunk?.id, part: 1, quote: "Three months" },
});

const verified = ({ id, versionId }: StoredDocument, index = 1): Citation => ({
  ...{ index, start: 4, end: 16, state: "verified", document_id: id, version_id: versionId },
  ...{ part: 1, document_start: 0, document_end: 12 },
});

/** A turn that has read a document and is about to end. */
async function turnThatHasRead(texts = ["Three months"]) {
  const [accepted] = await acceptAll(turns, ["How long is the period?"]);
  const { owner } = accepted;
  const document = await storeDocument(database.query, { owner, chunks: texts });
  const lease = await claimLease(turns, accepted);
  const changes = { sources: [sourceOf(document)], citations: [verified(document)] };
  return { accepted, owner, document, lease, end: endOf("It's “Three months” [1].", changes) };
}

const storedOf = async (accepted: Parameters<typeof turns.watch>[0]) =>
  (await turns.watch(accepted))?.turn;

describe("the end of a turn", () => {
  it("stores its citations and marked numbers in its one request, and returns them", async () => {
    const { accepted, lease, end, document } = await turnThatHasRead();
    const unsourcedNumbers = [{ start: 1, end: 2 }];
    let stored: unknown;
    expect(
      await requestsOf(async () => {
        stored = await lease.finish({ ...end, unsourcedNumbers });
      }),
    ).toBe(1);
    expect(stored).toEqual({ reserved: null, citations: [verified(document)] });
    expect(await storedOf(accepted)).toMatchObject({
      citations: [verified(document)],
      unsourced_numbers: unsourcedNumbers,
    });
    const page = await conversations.get({
      owner: accepted.owner,
      id: accepted.conversationId,
      limit: 5,
    });
    expect(page?.turns[0]?.citations).toEqual([verified(document)]);
  });

  it("of a turn that read no document stores neither", async () => {
    const [accepted] = await acceptAll(turns, ["one"]);
    const lease = await claimLease(turns, accepted);
    expect(await lease.finish(endOf("answer"))).toEqual({ reserved: null, citations: undefined });
    expect(Object.keys((await storedOf(accepted)) ?? {})).not.toContain("citations");
    expect(Object.keys((await storedOf(accepted)) ?? {})).not.toContain("unsourced_numbers");
  });

  it("keeps a citation of a version that was replaced meanwhile", async () => {
    const { accepted, owner, document, lease, end } = await turnThatHasRead();
    await storeDocument(database.query, { owner, chunks: ["Four months"], replaces: document.id });
    await lease.finish(end);
    expect((await storedOf(accepted))?.citations).toEqual([verified(document)]);
  });

  const removed = { index: 1, start: 4, end: 16, state: "removed" };

  it.each([
    ["is being deleted", "update documents set deleted_at = now() where id = $1"],
    ["is gone", "delete from documents where id = $1"],
    ["belongs to somebody else now", "update documents set owner = 'somebody else' where id = $1"],
  ])("marks a citation of a document that %s", async (_, change) => {
    const { accepted, document, lease, end } = await turnThatHasRead();
    await sql(change, [document.id]);
    expect((await lease.finish(end)).citations).toEqual([removed]);
    expect((await storedOf(accepted))?.citations).toEqual([removed]);
  });

  it("sees a deletion that commits while the end waits", async () => {
    const { accepted, document, lease, end } = await turnThatHasRead();
    const deletion = await beginTransaction();
    await deletion.sql(
      `select from conversations where id = '${accepted.conversationId}' for update`,
    );
    await deletion.sql(`update documents set deleted_at = now() where id = '${document.id}'`);
    const ending = lease.finish(end);
    await waitForBlocked(1);
    await deletion.commit();
    expect((await ending).citations).toEqual([removed]);
  });

  it("leaves other states as they are, and checks each source for itself", async () => {
    const { accepted, owner, document, lease, end } = await turnThatHasRead();
    const other = await storeDocument(database.query, { owner, chunks: ["Three months"] });
    await sql("delete from documents where id = $1", [document.id]);
    const unverified: Citation = {
      index: 1,
      start: 0,
      end: 2,
      state: "unverified",
      longest_run: "a b",
    };
    const citations = [verified(document), unverified, verified(other, 2)];
    const sources = [sourceOf(document), sourceOf(other, 2)];
    await lease.finish({ ...end, sources, citations });
    expect((await storedOf(accepted))?.citations).toEqual([
      removed,
      unverified,
      verified(other, 2),
    ]);
  });

  it("returns the stored citations if the reply was lost and another runner has claimed since", async () => {
    const [accepted] = await acceptAll(turns, ["one"]);
    const document = await storeDocument(database.query, {
      owner: accepted.owner,
      chunks: ["Three months"],
    });
    let isLost = false;
    const losing = turnsOn({
      async transaction(statements) {
        const rows = await database.transaction(statements);
        if (isLost || !statements.some(({ text }) => text.includes("end_turn"))) return rows;
        isLost = true;
        await acceptAll(turns, ["two"], accepted);
        await claimLease(turns, accepted);
        throw new DatabaseUnavailable("The reply was lost.");
      },
    });
    const lease = await claimLease(losing, accepted);
    const changes = { sources: [sourceOf(document)], citations: [verified(document)] };
    expect(await lease.finish(endOf("It's “Three months” [1].", changes))).toEqual({
      reserved: null,
      citations: [verified(document)],
    });
  });
});

describe("the check of an answer", () => {
  const check = createAnswerCheck({ database, isNumberCheckOn: true });
  const text = "It's “Three months” [1], not 4.";

  it("reads the passages of an earlier runner again, in one request", async () => {
    const { owner, document } = await turnThatHasRead(["Three months", "Two weeks"]);
    const other = await storeDocument(database.query, { owner, chunks: ["Four months"] });
    const sources = [sourceOf(document), sourceOf(other, 2)];
    const answer = { text, message: "4?", tools: [], sources, passages: new Map() };
    let checked: unknown;
    expect(
      await requestsOf(async () => {
        checked = await check(answer);
      }),
    ).toBe(1);
    expect(checked).toEqual({
      citations: [{ ...verified(document), start: 6, end: 18 }],
      unsourcedNumbers: [],
    });
  });

  it("sends no request for the passages of this runner", async () => {
    const { document } = await turnThatHasRead();
    const passages = new Map(document.chunks.map(({ passage }) => [1, passage]));
    const answer = { text, message: "?", tools: [], sources: [sourceOf(document)], passages };
    let checked: unknown;
    expect(
      await requestsOf(async () => {
        checked = await check(answer);
      }),
    ).toBe(0);
    expect(checked).toEqual({
      citations: [{ ...verified(document), start: 6, end: 18 }],
      unsourcedNumbers: [{ start: text.indexOf("4"), end: text.indexOf("4") + 1 }],
    });
  });

  it("calls a quotation removed whose passage cannot be read again", async () => {
    const { document } = await turnThatHasRead();
    await sql("delete from documents where id = $1", [document.id]);
    const answer = {
      text,
      message: "4",
      tools: [],
      sources: [sourceOf(document)],
      passages: new Map(),
    };
    expect(await check(answer)).toMatchObject({ citations: [{ index: 1, state: "removed" }] });
  });
});
