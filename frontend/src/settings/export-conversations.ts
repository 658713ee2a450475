import { ApiProblem } from "#frontend/api/api-problem.ts";
import { query } from "#frontend/api/query.ts";
import { requestJson } from "#frontend/api/request.ts";
import { waitForRateLimit } from "#frontend/api/wait-for-rate-limit.ts";
import { readWholeConversation } from "#frontend/chat/conversation/export-conversation.ts";
import { ConversationPage } from "#lib/contract/conversation.ts";

export interface ExportProgress {
  done: number;
  /** Null while the conversations are being listed. */
  total: number | null;
  /** Whether the rate limit holds up the next request. */
  isWaiting: boolean;
}

export interface ExportedFile {
  parts: Blob[];
  count: number;
}

/**
 * Returns a JSON file of all conversations, archived ones too, each with all its branches. The page holds the text of one
 * conversation at a time: the browser keeps finished parts where it likes. A conversation that is deleted meanwhile is left out.
 * @throws ApiProblem, or the reason of `signal`
 */
export async function exportConversations(
  signal: AbortSignal,
  onProgress: (progress: ExportProgress) => void,
): Promise<ExportedFile> {
  let progress: ExportProgress = { done: 0, total: null, isWaiting: false };
  const show = (change: Partial<ExportProgress>) => {
    progress = { ...progress, isWaiting: false, ...change };
    onProgress(progress);
  };
  const onWait = () => show({ isWaiting: true });

  show({});
  const ids = await listIds(signal, onWait);
  const parts: Blob[] = [];
  for (const [index, id] of ids.entries()) {
    show({ done: index, total: ids.length });
    try {
      const conversation = await readWholeConversation(id, {
        branches: "all",
        signal,
        onWait,
      });
      parts.push(toPart(`${parts.length === 0 ? "" : ",\n"}${JSON.stringify(conversation)}`));
    } catch (error) {
      if (!(error instanceof ApiProblem && error.status === 404)) throw error;
    }
  }
  show({ done: ids.length, total: ids.length });
  const head = `{"exported_at":${JSON.stringify(new Date().toISOString())},"conversations":[\n`;
  return { parts: [toPart(head), ...parts, toPart("\n]}\n")], count: parts.length };
}

const toPart = (text: string) => new Blob([text]);

/** Returns the ids of all conversations, each once: while the pages are read, a conversation may move to another page. */
async function listIds(signal: AbortSignal, onWait: () => void): Promise<string[]> {
  const ids = new Set<string>();
  for (const archived of [undefined, "true"]) {
    let cursor: string | undefined;
    do {
      const path = `/api/v1/conversations${query({ archived, cursor, limit: "100" })}`;
      const page: ConversationPage = await waitForRateLimit(
        () => requestJson(path, ConversationPage, { signal }),
        signal,
        onWait,
      );
      for (const { id } of [...page.pinned, ...page.conversations]) ids.add(id);
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
  }
  return [...ids];
}
