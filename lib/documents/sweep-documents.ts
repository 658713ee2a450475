import type { Database } from "#lib/platform/postgres.ts";
import type { DocumentObjects } from "#lib/platform/s3.ts";
import type { RequestTelemetry } from "#lib/platform/telemetry.ts";
import type { DocumentStore } from "./document-store.ts";
import { finishDeletion } from "./finish-deletion.ts";
import type { IngestionStore } from "./ingestion-store.ts";
import type { VersionEvent } from "./version-event.ts";

interface SweepDependencies {
  database: Database;
  documents: Pick<DocumentStore, "deleteRows">;
  ingestions: Pick<IngestionStore, "unindexReplaced">;
  objects: Pick<DocumentObjects, "remove">;
  /** Undefined: the search compares words only, and no version needs vectors. */
  modelId: string | undefined;
  sendIngestion: (event: VersionEvent) => Promise<void>;
  telemetry: RequestTelemetry;
}

/** In one run. The next day's run takes the rest. */
const maxOfAKind = 500;

/**
 * Finishes what a crash or a lost event has left: deletions, uploads and readings without an end, versions that a newer one has
 * replaced in the search, and vectors of another model.
 * @throws the first failure, after it has tried everything else
 */
export async function sweepDocuments(
  dependencies: SweepDependencies,
  hasTime: () => boolean,
): Promise<void> {
  const { database, documents, ingestions, objects, sendIngestion, telemetry } = dependencies;
  const [deleted = [], unread = [], replaced = []] = await database.transaction([
    selectDeleted,
    selectUnread(dependencies.modelId),
    selectReplaced,
  ]);
  const failures: unknown[] = [];
  const each = async <Item>(items: Item[], work: (item: Item) => Promise<unknown>) => {
    let done = 0;
    for (const item of items) {
      if (!hasTime()) break;
      try {
        await work(item);
        done += 1;
      } catch (error) {
        failures.push(error);
      }
    }
    return done;
  };
  const swept = {
    deleted: await each(deleted, ({ id, versions }) =>
      finishDeletion(
        { documents, objects },
        { id: String(id), versionIds: versions as string[] },
        hasTime,
      ),
    ),
    unindexed: await each(replaced, ({ id }) => ingestions.unindexReplaced(String(id))),
    sent: await each(unread, ({ id }) => sendIngestion({ version_id: String(id) })),
  };
  telemetry.info("documents.swept", { ...swept, failed: failures.length });
  if (failures.length > 0) throw failures[0];
}

const selectDeleted = {
  text: `
    select id, array(select id::text from document_versions where document_id = documents.id) as versions
    from documents where deleted_at is not null order by deleted_at limit $1`,
  params: [maxOfAKind],
};

/** An upload may take an hour, and an event of S3 waits as long before its function runs. */
const selectUnread = (modelId: string | undefined) => ({
  text: `
    select document_versions.id
    from document_versions join documents on documents.id = document_id
    where deleted_at is null and case state
      when 'uploading' then document_versions.created_at < now() - interval '1 hour'
      when 'reading' then coalesce(began_at, document_versions.created_at) < now() - interval '1 hour'
      when 'ready' then document_versions.id = current_version and $2::text is not null
        and embedding_model is distinct from $2
      else false end
    order by document_versions.created_at limit $1`,
  params: [maxOfAKind, modelId ?? null],
});

const selectReplaced = {
  text: `
    select distinct documents.id
    from document_versions join documents on documents.id = document_id
    where is_indexed and deleted_at is null and document_versions.id is distinct from current_version limit $1`,
  params: [maxOfAKind],
};
