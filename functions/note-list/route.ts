import { requireSession, requireToken } from "#lib/auth/require-session.ts";
import type { NoteStore } from "#lib/notes/note-store.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { LimitedDependencies } from "../dependencies.ts";

type NoteListDependencies = LimitedDependencies & { notes: NoteStore };

/** `GET /api/v1/notes`: returns what the agent keeps for the owner, newest first, and whether it may. */
export function createNoteList(dependencies: NoteListDependencies) {
  const { telemetry, sessions, bucket, addressOf, notes } = dependencies;
  return defineRoute("note-list", telemetry)
    .use(requireToken(sessions))
    .use(sideBySide(requireSession(sessions), limitRate(bucket, addressOf)))
    .handler(async ({ session }) => json(200, await notes.list(session.owner)));
}
