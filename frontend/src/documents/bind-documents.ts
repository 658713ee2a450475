import { ApiProblem } from "../api/api-problem.ts";
import { updateDocument } from "./document-requests.ts";

const pausesMs = [0, 2_000, 10_000];

/**
 * Attaches documents to the conversation whose first message named them. A document that this fails for stays with its owner, who
 * sees it in the list.
 */
export async function bindDocuments(ids: readonly string[], conversationId: string): Promise<void> {
  await Promise.all(ids.map((id) => bindDocument(id, conversationId)));
}

async function bindDocument(id: string, conversationId: string): Promise<void> {
  for (const pauseMs of pausesMs) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    try {
      await updateDocument(id, { conversation_id: conversationId });
      return;
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (error.status > 0 && error.status < 429) return;
    }
  }
}
