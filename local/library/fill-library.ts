import { setTimeout as delay } from "node:timers/promises";
import * as v from "valibot";
import { type DocumentStore, objectKey } from "#lib/documents/document-store.ts";
import { finishDeletion } from "#lib/documents/finish-deletion.ts";
import type { Database } from "#lib/platform/postgres.ts";
import type { DocumentObjects, UploadForm } from "#lib/platform/s3.ts";
import type { LibraryFile } from "./project-files.ts";

interface LibraryParts {
  database: Pick<Database, "query">;
  documents: Pick<DocumentStore, "create" | "beginDeletion" | "deleteRows">;
  objects: Pick<DocumentObjects, "uploadForm" | "remove">;
}

/** Who has added the documents of the library. No session has this owner. */
export const libraryOwner = "npm-start";

const mediaType = "text/markdown";
const pollMs = 200;
/** A file whose reading fails is read again after a minute. The others do not wait for it. */
const longestWaitMs = 15_000;

const Kept = v.object({
  id: v.string(),
  name: v.string(),
  sha256: v.string(),
  state: v.picklist(["uploading", "reading", "ready", "failed"]),
});
type Kept = v.InferOutput<typeof Kept>;

/**
 * Makes the library hold these files: adds a missing one, replaces a changed one by a newer version, and deletes those whose file
 * is gone. Each goes the way of an upload, one after another, so that a file of a person waits for one of them at most.
 * @returns the names of what it has added, replaced or deleted
 */
export async function fillLibrary(
  files: readonly LibraryFile[],
  parts: LibraryParts,
): Promise<string[]> {
  const kept = await readLibrary(parts.database);
  const changed: string[] = [];
  const added: string[] = [];
  for (const file of files) {
    const before = kept.find(({ name }) => name === file.name);
    if (before && isThere(before, file)) continue;
    const versionId = await addFile(file, before?.id, parts);
    if (versionId === undefined) continue;
    changed.push(file.name);
    added.push(versionId);
    await untilRead([versionId], parts, longestWaitMs);
  }
  for (const { id, name } of kept) {
    if (files.some((file) => file.name === name)) continue;
    await deleteDocument(id, parts);
    changed.push(name);
  }
  await untilRead(added, parts);
  return changed;
}

/** A start that was stopped may have left a version without its file. */
const isThere = ({ sha256, state }: Kept, file: LibraryFile) =>
  sha256 === file.sha256 && state !== "uploading";

async function readLibrary(database: Pick<Database, "query">): Promise<Kept[]> {
  const rows = await database.query({
    text: `
      select documents.id, version.name, encode(version.sha256, 'hex') as sha256, version.state
      from documents cross join lateral newest_version(documents) as version
      where documents.owner = $1 and scope = 'site' and deleted_at is null`,
    params: [libraryOwner],
  });
  return v.parse(v.array(Kept), rows);
}

/** Returns the id of the new version, or undefined if somebody else has added the same file. */
async function addFile(
  { name, bytes, sha256 }: LibraryFile,
  replaces: string | undefined,
  { documents, objects }: LibraryParts,
): Promise<string | undefined> {
  const result = await documents.create({
    ...{ owner: libraryOwner, name, bytes: bytes.length, sha256, media_type: mediaType },
    ...{ scope: "site", replaces },
  });
  if (result.outcome === "same") return undefined;
  if (!("document" in result)) throw new Error(`${name} was refused: ${result.outcome}.`);
  const { id, version_id } = result.document;
  const key = objectKey(id, version_id);
  await upload(await objects.uploadForm({ key, bytes: bytes.length, sha256, mediaType }), bytes);
  return version_id;
}

/** Waits until these versions have been read, or for so long. */
async function untilRead(
  versionIds: readonly string[],
  { database }: Pick<LibraryParts, "database">,
  longestMs = Number.POSITIVE_INFINITY,
): Promise<void> {
  const endMs = performance.now() + longestMs;
  while (performance.now() < endMs) {
    const unread = await database.query({
      text: `
        select from document_versions where id = any($1::uuid[]) and state in ('uploading', 'reading') limit 1`,
      params: [versionIds],
    });
    if (unread.length === 0) return;
    await delay(pollMs);
  }
}

async function upload({ url, fields }: UploadForm, bytes: Uint8Array): Promise<void> {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.append(field, value);
  form.append("file", new Blob([new Uint8Array(bytes)]));
  const response = await fetch(url, { method: "POST", body: form });
  if (!response.ok) throw new Error(`S3 has refused a file: ${await response.text()}`);
}

async function deleteDocument(id: string, { documents, objects }: LibraryParts): Promise<void> {
  const versionIds = await documents.beginDeletion({ owner: libraryOwner, id });
  if (versionIds) await finishDeletion({ documents, objects }, { id, versionIds }, () => true);
}
