import { HttpProblem } from "#lib/platform/http/http-problem.ts";

/** Why an owner's bounds leave no room for another conversation with all its turns. */
export type NoRoomForCopy = "too_many_conversations" | "storage_full";

/** Returns what the client reads then: after an import, and after a copy of what a link shows. */
export const noRoomForCopy = (reason: NoRoomForCopy): HttpProblem =>
  reason === "too_many_conversations"
    ? new HttpProblem(
        "too_many_conversations",
        409,
        "You have too many conversations. Delete some to make room.",
      )
    : new HttpProblem(
        "storage_full",
        413,
        "Your storage is full. Delete some conversations to make room.",
      );
