import { ApiProblem } from "#frontend/api/api-problem.ts";
import { toNotice } from "#frontend/ui/notice.ts";
import type { ConversationStore } from "./conversation-store.ts";

/**
 * Shows a failed request of one mount of the conversation. Does nothing once the signal of the mount is aborted.
 * @throws any error that is not an `ApiProblem`
 */
export type HandleError = (
  error: unknown,
  signal: AbortSignal,
  showAs?: "notice" | "refusal",
) => void;

export function createErrorHandler(
  store: ConversationStore,
  onSessionEnded: () => void,
): HandleError {
  return (error, signal, showAs = "notice") => {
    if (signal.aborted) return;
    if (!(error instanceof ApiProblem)) throw error;
    if (error.status === 401) {
      onSessionEnded();
      return;
    }
    if (error.status === 404) store.forget();
    store.update({ [showAs]: toNotice(error) });
  };
}
