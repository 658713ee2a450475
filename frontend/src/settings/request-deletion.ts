import { ApiProblem } from "#frontend/api/api-problem.ts";
import { requestJson } from "#frontend/api/request.ts";
import { waitForRateLimit } from "#frontend/api/wait-for-rate-limit.ts";
import { MeDeletion } from "#lib/contract/session.ts";

/**
 * Deletes everything of the person: each request deletes as much as fits into its time, so there may be several. The last one
 * ends the session, so a later 401 means that its response was lost.
 * @throws ApiProblem, or the reason of `signal`
 */
export async function requestDeletion(signal: AbortSignal): Promise<void> {
  for (let mayHaveEnded = false; ; mayHaveEnded = true) {
    try {
      const { is_complete } = await waitForRateLimit(
        () => requestJson("/api/me", MeDeletion, { method: "DELETE", signal }),
        signal,
      );
      if (is_complete) return;
    } catch (error) {
      if (mayHaveEnded && error instanceof ApiProblem && error.status === 401) return;
      throw error;
    }
  }
}
