import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { requireSession, requireToken } from "#lib/auth/require-session.ts";
import { NotePath } from "#lib/contract/note.ts";
import type { NoteStore } from "#lib/notes/note-store.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { noContent } from "#lib/platform/http/http-response.ts";
import { parsePath } from "#lib/platform/http/parse-request.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { LimitedDependencies } from "../dependencies.ts";

type NoteDeleteDependencies = LimitedDependencies & { notes: NoteStore };

/** `DELETE /api/v1/notes/{id}`: deletes one note. */
export function createNoteDelete(dependencies: NoteDeleteDependencies) {
  const { telemetry, sessions, publicOrigin, bucket, addressOf, notes } = dependencies;
  return defineRoute("note-delete", telemetry)
    .use(requireToken(sessions))
    .use(refuseCrossSite(publicOrigin))
    .use(parsePath(NotePath))
    .use(sideBySide(requireSession(sessions), limitRate(bucket, addressOf)))
    .handler(async ({ session, params }) => {
      const wasDeleted = await notes.delete({ owner: session.owner, id: params.id });
      if (!wasDeleted) throw new HttpProblem("not_found", 404, "Note not found, or not yours.");
      return noContent();
    });
}
