import { ApiProblem } from "#frontend/api/api-problem.ts";
import { requestJson } from "#frontend/api/request.ts";
import { waitForRateLimit } from "#frontend/api/wait-for-rate-limit.ts";
import { maxTitleLength } from "#lib/contract/conversation.ts";
import {
  type ConversationImport,
  ImportedConversation as StoredConversation,
} from "#lib/contract/conversation-import.ts";
import type { ImportedConversation } from "./imported-conversation.ts";

export interface ImportProgress {
  done: number;
  total: number;
  /** Conversations that the service does not take, because they are too long. */
  refused: number;
  isWaiting: boolean;
}

/**
 * Stores conversations one after another. A conversation that is stored already is not stored again, so the same file may be
 * imported again after a failure.
 * @param untitled the title of a conversation without one
 * @throws ApiProblem if the owner has no room left or the service does not answer, or the reason of `signal`
 */
export async function sendImports(
  conversations: readonly ImportedConversation[],
  untitled: string,
  signal: AbortSignal,
  onProgress: (progress: ImportProgress) => void,
): Promise<ImportProgress> {
  let progress = { done: 0, total: conversations.length, refused: 0, isWaiting: false };
  const show = (change: Partial<ImportProgress>) => {
    progress = { ...progress, isWaiting: false, ...change };
    onProgress(progress);
  };
  show({});
  for (const conversation of conversations) {
    const body = toRequest(conversation, untitled);
    const hash = await hashOf(body);
    const headers = hash === undefined ? {} : { "idempotency-key": hash };
    try {
      await waitForRateLimit(
        () =>
          requestJson("/api/v1/conversations", StoredConversation, {
            ...{ method: "POST", headers, body, signal },
          }),
        signal,
        () => show({ isWaiting: true }),
      );
    } catch (error) {
      if (!isTooLong(error)) throw error;
      show({ refused: progress.refused + 1 });
    }
    show({ done: progress.done + 1 });
  }
  return progress;
}

/** Another 413 says that the owner's storage is full. */
const isTooLong = (error: unknown): boolean =>
  error instanceof ApiProblem &&
  (error.status === 400 || (error.status === 413 && error.type !== "storage_full"));

/** Returns what the service takes: texts that can be stored, and no blank title or message. */
export function toRequest(
  { title, turns }: ImportedConversation,
  untitled: string,
): ConversationImport {
  const line = storable(title).replace(/\s+/g, " ").trim();
  return {
    // Cut by characters, so that none is cut in two.
    title: [...line].slice(0, maxTitleLength / 2).join("") || untitled,
    turns: turns.map(({ message, text, created_at, parent = null }) => ({
      ...{ message: storable(message).trim() || "…", text: storable(text), parent },
      ...(created_at !== undefined && { created_at }),
    })),
  };
}

const storable = (text: string) => text.replaceAll("\u0000", "").toWellFormed();

/**
 * Returns the SHA-256 of a conversation in hex: the same conversation sent again is the same request. Undefined on plain HTTP,
 * where a browser has no WebCrypto.
 */
async function hashOf(body: ConversationImport): Promise<string | undefined> {
  // The DOM's types do not know that insecure pages have no `subtle`.
  const subtle: SubtleCrypto | undefined = crypto.subtle;
  if (subtle === undefined) return undefined;
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  const digest = new Uint8Array(await subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
