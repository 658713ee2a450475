import type { DocumentObjects } from "#lib/platform/s3.ts";
import { type DocumentStore, objectKey } from "./document-store.ts";

/** Objects that one deletion removes side by side. */
const objectsAtOnce = 8;

/**
 * Deletes the objects and then the rows of a document with a tombstone. In this order, because the rows know the objects'
 * keys. Returns whether everything is deleted: when its time ends, or when it throws, the daily sweep continues.
 */
export async function finishDeletion(
  {
    documents,
    objects,
  }: { documents: Pick<DocumentStore, "deleteRows">; objects: Pick<DocumentObjects, "remove"> },
  { id, versionIds }: { id: string; versionIds: readonly string[] },
  hasTime: () => boolean,
): Promise<boolean> {
  for (let first = 0; first < versionIds.length; first += objectsAtOnce) {
    if (!hasTime()) return false;
    const some = versionIds.slice(first, first + objectsAtOnce);
    await Promise.all(some.map((versionId) => objects.remove(objectKey(id, versionId))));
  }
  while (hasTime()) {
    if (await documents.deleteRows(id)) return true;
  }
  return false;
}
