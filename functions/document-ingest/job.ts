import * as v from "valibot";
import { Identifier } from "#lib/contract/identifier.ts";
import {
  type IngestDependencies,
  type IngestInput,
  ingestDocument,
} from "#lib/documents/ingest-document.ts";
import { VersionEvent } from "#lib/documents/version-event.ts";
import { defineJob } from "#lib/platform/define-job.ts";

/** Before its time ends, a run that hangs throws, so that it is logged and booked. */
const reserveMs = 10_000;

/**
 * Returns the reader of uploaded files, for events of S3 and for a version that has to be read again.
 * @throws the job throws whatever kept a file from being read that is no fault of the file, so that Lambda runs the event again
 */
export function createDocumentIngest(dependencies: IngestDependencies) {
  return defineJob(dependencies.telemetry, "document.not_read", async (event, context) => {
    const remainingMs = () => context.getRemainingTimeInMillis();
    const signal = AbortSignal.timeout(Math.max(1, remainingMs() - reserveMs));
    for (const input of inputsOf(event)) {
      await ingestDocument(dependencies, input, { signal, remainingMs });
    }
  });
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
const UploadEvent = v.object({
  Records: v.array(
    v.object({
      eventName: v.pipe(v.string(), v.startsWith("ObjectCreated:")),
      s3: v.object({ object: v.object({ key: v.string() }) }),
    }),
  ),
});

const keyPattern = /^documents\/([^/]+)\/([^/]+)$/;

/** @throws Error if the event is none of ours. Says nothing of its content */
function inputsOf(event: unknown): IngestInput[] {
  // S3 sends this event when the notification is set up.
  if (v.is(v.object({ Event: v.literal("s3:TestEvent") }), event)) return [];
  const version = v.safeParse(v.strictObject(VersionEvent.entries), event);
  if (version.success) return [{ versionId: version.output.version_id, isUploaded: false }];
  return v.parse(UploadEvent, event).Records.map(({ s3 }) => {
    // S3 sends keys as a form encodes them.
    const key = decodeURIComponent(s3.object.key.replaceAll("+", " "));
    const [, documentId, versionId] = keyPattern.exec(key) ?? [];
    return {
      documentId: v.parse(Identifier, documentId),
      versionId: v.parse(Identifier, versionId),
      isUploaded: true,
    };
  });
}
