import type { Devices } from "#lib/auth/devices.ts";
import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { requireSession, requireToken } from "#lib/auth/require-session.ts";
import type { Session } from "#lib/auth/session-token.ts";
import { orUnavailable } from "#lib/auth/sessions.ts";
import type { DocumentStore } from "#lib/documents/document-store.ts";
import { finishDeletion } from "#lib/documents/finish-deletion.ts";
import type { ApiKeyStore } from "#lib/keys/api-key-store.ts";
import type { NoteStore } from "#lib/notes/note-store.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { addResponseCookie } from "#lib/platform/http/response-headers.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import type { DocumentObjects } from "#lib/platform/s3.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { LimitedDependencies } from "../dependencies.ts";

type MeDeleteDependencies = LimitedDependencies & {
  devices: Pick<Devices, "list">;
  keys: Pick<ApiKeyStore, "deleteAll">;
  notes: Pick<NoteStore, "deleteAll">;
  /** Returns whether all conversations are deleted. */
  deleteConversations: (owner: string, hasTime: () => boolean) => Promise<boolean>;
  documents: Pick<DocumentStore, "beginDeletionOfOwn" | "deleteRows">;
  objects: Pick<DocumentObjects, "remove">;
};

/** Leaves enough of the function's 15 s for one more request to each service and for the response. */
const deletionMs = 7_000;

/**
 * `DELETE /api/me`: deletes everything of the owner, and signs out all devices. A call works for a bounded time, and says whether
 * everything is deleted. Each step may be repeated, and the session of the request ends last, so the owner can always go on.
 */
export function createMeDelete(dependencies: MeDeleteDependencies) {
  const { telemetry, sessions, publicOrigin, bucket, addressOf } = dependencies;
  return defineRoute("me-delete", telemetry)
    .use(requireToken(sessions))
    .use(refuseCrossSite(publicOrigin))
    .use(sideBySide(requireSession(sessions), limitRate(bucket, addressOf)))
    .handler(async (request) => {
      const endsAtMs = performance.now() + deletionMs;
      const hasTime = () => performance.now() < endsAtMs;
      const isComplete = await deleteEverything(dependencies, request.session, hasTime);
      if (isComplete) {
        await sessions.revoke(request.session);
        addResponseCookie(request, sessions.cookie.removed());
      }
      return json(200, { is_complete: isComplete });
    });
}

async function deleteEverything(
  dependencies: MeDeleteDependencies,
  { owner, sessionId: ownSessionId }: Session,
  hasTime: () => boolean,
): Promise<boolean> {
  const { sessions, devices, keys, notes, deleteConversations } = dependencies;
  // First, so that no other device and no program adds anything meanwhile.
  const others = (await orUnavailable(() => devices.list(owner))).filter(
    ({ sessionId }) => sessionId !== ownSessionId,
  );
  for (const { sessionId } of others) {
    if (!hasTime()) return false;
    await sessions.revoke({ owner, sessionId });
  }
  await keys.deleteAll(owner);
  if (!(await deleteConversations(owner, hasTime))) return false;
  // From now on the database refuses what the owner would add. A request in flight, or a turn, may have added these until here.
  await keys.deleteAll(owner);
  await notes.deleteAll(owner);
  await deleteDocuments(dependencies, owner, hasTime);
  return true;
}

/** From the tombstones on, nobody sees the documents any more. What is left then is the work of the daily sweep. */
async function deleteDocuments(
  dependencies: MeDeleteDependencies,
  owner: string,
  hasTime: () => boolean,
): Promise<void> {
  const { documents, telemetry } = dependencies;
  try {
    for (const document of await documents.beginDeletionOfOwn(owner)) {
      if (await finishDeletion(dependencies, document, hasTime)) continue;
      return telemetry.info("document.deletion_continues");
    }
  } catch (error) {
    telemetry.error("document.deletion_continues", error);
  }
}
