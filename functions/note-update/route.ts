import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { requireSession, requireToken } from "#lib/auth/require-session.ts";
import { NotesUpdate } from "#lib/contract/note.ts";
import type { NoteStore } from "#lib/notes/note-store.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { parseBody } from "#lib/platform/http/parse-request.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { LimitedDependencies } from "../dependencies.ts";

type NoteUpdateDependencies = LimitedDependencies & { notes: NoteStore };

/** `PATCH /api/v1/notes`: lets the agent keep and read notes, or not. Notes that exist stay either way. */
export function createNoteUpdate(dependencies: NoteUpdateDependencies) {
  const { telemetry, sessions, publicOrigin, bucket, addressOf, notes } = dependencies;
  return defineRoute("note-update", telemetry)
    .use(requireToken(sessions))
    .use(refuseCrossSite(publicOrigin))
    .use(parseBody(NotesUpdate))
    .use(sideBySide(requireSession(sessions), limitRate(bucket, addressOf)))
    .handler(async ({ session, body }) =>
      json(200, await notes.setEnabled({ owner: session.owner, enabled: body.enabled })),
    );
}
