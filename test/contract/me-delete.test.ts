import { randomBytes, randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { createMeDelete } from "#functions/me-delete/route.ts";
import { createSessions } from "#lib/auth/sessions.ts";
import { deleteAllConversations } from "#lib/conversations/delete-all-conversations.ts";
import { importConversation } from "#lib/conversations/import-conversation.ts";
import { LeaseLost } from "#lib/conversations/turn-lease.ts";
import { createDocumentStore } from "#lib/documents/document-store.ts";
import { createApiKeyStore } from "#lib/keys/api-key-store.ts";
import { createNoteStore } from "#lib/notes/note-store.ts";
import { createOwnerSettingsStore } from "#lib/owner-settings/owner-settings-store.ts";
import { toHttpRequest } from "#lib/platform/http/http-request.ts";
import { createBucket } from "#lib/rate-limit/bucket.ts";
import { bucketRules } from "#lib/rate-limit/bucket-rules.ts";
import { createMemoryBucketStore } from "#lib/rate-limit/memory-bucket-store.ts";
import { deleteThreads } from "#lib/thread/delete-threads.ts";
import { gatewayEvent, invoke } from "#test/support/gateway-event.ts";
import { memoryDevices } from "#test/support/memory-devices.ts";
import { memoryRevocations } from "#test/support/memory-revocations.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { openStores } from "./open-stores.ts";
import { acceptAll, answerNext, claimLease, endOf, newOwner, runGraph } from "./turn-steps.ts";

const { beginTransaction, countOf, database, sql, turns, waitForBlocked } = await openStores();
const wide = { bytes: 1e9, count: 1_000 };
const documents = createDocumentStore(database, { own: wide, site: wide });
const notes = createNoteStore(database);
const settings = createOwnerSettingsStore(database);
const keys = createApiKeyStore(database);

const { telemetry } = recordingTelemetry();
const { devices } = memoryDevices();
const key = { kid: "1", key: randomBytes(32).toString("hex") };
const sessions = createSessions({
  tokenKeys: async () => ({ keys: [key], epoch: 1 }),
  revocations: memoryRevocations().revocations,
  devices,
  secureCookie: true,
  telemetry,
});
const rules = bucketRules({ chatRequestsPerMinute: 1_000, conversationRequestsPerMinute: 1_000 });
const bucket = createBucket({
  ...rules.conversations,
  store: createMemoryBucketStore(),
  telemetry,
});

type Changes = Partial<Parameters<typeof createMeDelete>[0]>;

const signIn = async (owner: string) => {
  const { token } = await sessions.issue({ use: "cookie", owner });
  return { cookie: `__Host-session=${token}` };
};

async function isSignedIn(headers: Record<string, string>): Promise<boolean> {
  const session = await sessions.signedSession(toHttpRequest(gatewayEvent({ headers })));
  return session !== undefined && !(await sessions.isRevoked(session));
}

/** Sends `DELETE /api/me`. Returns its status, what it says, and the keys of the deleted objects. */
async function deleteMe(headers: Record<string, string>, changes: Changes = {}) {
  const removed: string[] = [];
  const handler = createMeDelete({
    ...{ telemetry, sessions, devices, publicOrigin: undefined, bucket, keys, notes, documents },
    addressOf: async () => "somebody",
    deleteConversations: (owner, hasTime) =>
      deleteAllConversations({ database, deleteThreads }, owner, hasTime),
    objects: {
      async remove(objectKey) {
        removed.push(objectKey);
      },
    },
    ...changes,
  });
  const { statusCode, body } = await invoke(
    handler,
    gatewayEvent({ method: "DELETE", path: "/api/me", headers }),
  );
  return { statusCode, body: JSON.parse(body), removed };
}

const complete = { statusCode: 200, body: { is_complete: true } };

/** An owner with something of everything: 25 conversations, notes, settings, and documents of both scopes. */
async function busyOwner() {
  const owner = newOwner();
  const [first] = await acceptAll(turns, ["one"], { owner });
  await answerNext(turns, first, "answer");
  for (let count = 1; count < 25; count += 1) await acceptAll(turns, [`more ${count}`], { owner });
  await notes.setEnabled({ owner, enabled: true });
  await notes.save({ id: randomUUID(), owner, text: "Likes tea." });
  await settings.update({ owner, instructions: "Be brief." });
  await keys.create({ owner, name: "Report", scopes: ["chat"], daily_budget_usd: null });
  return {
    ...{ owner, first },
    own: await addDocument(owner, "own"),
    attached: await addDocument(owner, "own", first.conversationId),
    site: await addDocument(owner, "site"),
  };
}

/** Returns the new document's id. */
async function addDocument(owner: string, scope: "own" | "site", conversationId?: string) {
  const result = await documents.create({
    ...{ owner, scope, name: "Plan.txt", bytes: 32, sha256: randomBytes(32).toString("hex") },
    ...{ media_type: "text/plain", conversation_id: conversationId },
  });
  if (result.outcome !== "created") throw new Error(result.outcome);
  return result.document.id;
}

/** What is stored of an owner. */
async function leftOf(owner: string) {
  const listed = (await documents.list({ owner, limit: 100 }))?.page.documents ?? [];
  const [threads] = await sql(
    `select count(*)::int as count from checkpoints
     where thread_id not in (select id::text from conversations)`,
  );
  return {
    conversations: await countOf("conversations", owner),
    turns: await countOf("turns", owner),
    keys: (await keys.list(owner)).length,
    notes: await notes.list(owner),
    settings: await settings.get(owner),
    documents: listed.filter(({ is_mine, scope }) => is_mine && scope === "own").length,
    lostThreads: threads?.count,
  };
}

const nothing = {
  ...{ conversations: 0, turns: 0, documents: 0, lostThreads: 0, keys: 0 },
  notes: { enabled: false, notes: [] },
  settings: { instructions: "", prompts: [] },
};

it("deletes everything of the owner and signs out all devices; documents for everyone and other owners' data stay", async () => {
  const [mine, theirs] = [await busyOwner(), await busyOwner()];
  const before = await leftOf(theirs.owner);
  const [here, there, stranger] = [
    await signIn(mine.owner),
    await signIn(mine.owner),
    await signIn(theirs.owner),
  ];
  const { removed, ...response } = await deleteMe(here);
  expect(response).toEqual(complete);
  expect(removed.map((objectKey) => objectKey.split("/")[1]).sort()).toEqual(
    [mine.own, mine.attached].sort(),
  );
  expect(await leftOf(mine.owner)).toEqual(nothing);
  expect(await documents.get({ owner: mine.owner, id: mine.site })).toBeDefined();
  expect(await leftOf(theirs.owner)).toEqual(before);
  expect(await Promise.all([here, there, stranger].map(isSignedIn))).toEqual([false, false, true]);
  expect((await deleteMe(here)).statusCode).toBe(401);
});

/** Deletes a batch as if the time ended with it. */
function deleteOneBatch(owner: string): Promise<boolean> {
  const answers = [true];
  return deleteAllConversations({ database, deleteThreads }, owner, () => answers.pop() === true);
}

const crash = async () => {
  throw new Error("The process ended.");
};

it.each<[string, Changes]>([
  ["signing out other devices", { keys: { deleteAll: crash } }],
  ["the keys", { deleteConversations: crash }],
  [
    "some conversations",
    {
      async deleteConversations(owner) {
        await deleteOneBatch(owner);
        return crash();
      },
    },
  ],
  ["all conversations", { notes: { deleteAll: crash } }],
  [
    "the last session's end",
    {
      sessions: {
        ...sessions,
        revoke: async (session) =>
          (await devices.list(session.owner)).length > 1 ? sessions.revoke(session) : crash(),
      },
    },
  ],
])(
  "a crash after %s leaves the session, and the same request does the rest",
  async (_after, changes) => {
    const { owner } = await busyOwner();
    const [here, there] = [await signIn(owner), await signIn(owner)];
    expect((await deleteMe(here, changes)).statusCode).toBe(500);
    expect(await Promise.all([here, there].map(isSignedIn))).toEqual([true, false]);
    expect(await deleteMe(here)).toMatchObject(complete);
    expect(await leftOf(owner)).toEqual(nothing);
    expect(await isSignedIn(here)).toBe(false);
  },
);

it("says when its time ended first, and goes on with the next request", async () => {
  const { owner } = await busyOwner();
  const here = await signIn(owner);
  const first = await deleteMe(here, { deleteConversations: deleteOneBatch });
  expect(first).toMatchObject({ statusCode: 200, body: { is_complete: false } });
  expect(await countOf("conversations", owner)).toBe(5);
  expect(await isSignedIn(here)).toBe(true);
  expect(await deleteMe(here)).toMatchObject(complete);
});

it("leaves the documents to the daily sweep while S3 is down", async () => {
  const { owner } = await busyOwner();
  const response = await deleteMe(await signIn(owner), { objects: { remove: crash } });
  expect(response).toMatchObject(complete);
  expect(await leftOf(owner)).toEqual(nothing);
});

it("a turn that runs meanwhile writes neither an answer nor a note afterwards", async () => {
  const { owner, first } = await busyOwner();
  const [accepted] = await acceptAll(turns, ["two"], {
    ...{ owner, conversationId: first.conversationId },
  });
  const lease = await claimLease(turns, accepted);
  await runGraph(lease, () => "late");
  expect(await deleteMe(await signIn(owner))).toMatchObject(complete);
  await expect(lease.finish(endOf("late"))).rejects.toThrow(LeaseLost);
  expect(await notes.save({ id: randomUUID(), owner, text: "Late." })).toBe("off");
  expect(await leftOf(owner)).toEqual(nothing);
});

const lockOfDeletion = (owner: string) =>
  `select pg_advisory_xact_lock(hashtextextended('deletion ${owner}', 0))`;

it("a message that arrives while everything is deleted is deleted too, and one that arrives later is refused", async () => {
  const { owner } = await busyOwner();
  const message = { owner, message: "Late", bodyHash: "x" };
  const holder = await beginTransaction();
  await holder.sql(lockOfDeletion(owner));
  // Both have passed the check of their sessions. The message waits for the deletion's lock first, and then the deletion does.
  const early = turns.accept(message);
  await waitForBlocked(1);
  const deleting = deleteMe(await signIn(owner));
  await waitForBlocked(2);
  await holder.commit();
  expect((await early).outcome).toBe("accepted");
  expect(await deleting).toMatchObject(complete);
  expect(await leftOf(owner)).toEqual(nothing);

  await expect(turns.accept(message)).rejects.toMatchObject({ status: 503 });
  await expect(turns.acceptAndClaim(message)).rejects.toMatchObject({ status: 503 });
  const imported = importConversation(
    { database, bounds: { conversations: 9, storedBytes: 1e6 } },
    { owner, title: "Late", turns: [{ message: "Late", text: "" }] },
  );
  await expect(imported).rejects.toMatchObject({ status: 503 });
  expect(await leftOf(owner)).toEqual(nothing);

  const mark = "select at from deleted_owners where owner = $1";
  expect(await sql(mark, [owner])).toHaveLength(1);
  await sql("update deleted_owners set at = now() - interval '2 minutes'");
  expect((await turns.accept(message)).outcome).toBe("accepted");
  const other = await busyOwner();
  await deleteMe(await signIn(other.owner));
  expect(await sql(mark, [owner])).toEqual([]);
});

/** Everything else that an owner may add, by its name. */
const additions: Record<string, (owner: string) => Promise<unknown>> = {
  settings: (owner) => settings.update({ owner, instructions: "Late." }),
  "the switch of notes": (owner) => notes.setEnabled({ owner, enabled: true }),
  "a key": (owner) =>
    keys.create({ owner, name: "Late", scopes: ["chat"], daily_budget_usd: null }),
  "a document": (owner) => addDocument(owner, "own"),
};

it.each(Object.keys(additions))(
  "%s that arrives while everything is deleted is deleted too, and later is refused",
  async (name) => {
    const add = additions[name];
    if (!add) throw new Error(name);
    const owner = newOwner();
    const holder = await beginTransaction();
    await holder.sql(lockOfDeletion(owner));
    const early = add(owner);
    await waitForBlocked(1);
    const deleting = deleteMe(await signIn(owner));
    await waitForBlocked(2);
    await holder.commit();
    await early;
    expect(await deleting).toMatchObject(complete);
    expect(await leftOf(owner)).toEqual(nothing);

    await expect(add(owner)).rejects.toMatchObject({ status: 503 });
    expect(await leftOf(owner)).toEqual(nothing);
  },
);

it("a note that a turn keeps while everything is deleted is deleted too", async () => {
  const owner = newOwner();
  await notes.setEnabled({ owner, enabled: true });
  const holder = await beginTransaction();
  await holder.sql(lockOfDeletion(owner));
  const early = notes.save({ id: randomUUID(), owner, text: "Late." });
  await waitForBlocked(1);
  const deleting = deleteMe(await signIn(owner));
  await waitForBlocked(2);
  await holder.commit();
  expect(await early).toBe("saved");
  expect(await deleting).toMatchObject(complete);
  expect(await leftOf(owner)).toEqual(nothing);
  expect(await notes.save({ id: randomUUID(), owner, text: "Later." })).toBe("off");
});
