import { createHash } from "node:crypto";
import { maxImportBytes, maxImportedTurns } from "#lib/contract/conversation-import.ts";
import type { ConversationSettings } from "#lib/contract/conversation-settings.ts";
import { writtenText } from "#lib/contract/typed-text.ts";
import { conversationTitle } from "#lib/conversations/conversation-title.ts";
import type { FindHistory } from "#lib/conversations/find-history.ts";
import { type ImportConversation, importedIdOf } from "#lib/conversations/import-conversation.ts";
import { noRoomForCopy } from "#lib/conversations/no-room-for-copy.ts";
import { conform } from "#lib/platform/http/parse-request.ts";
import { derivedIdOf } from "./foreign-id.ts";
import { type HistoryTurn, refusal } from "./openai-request.ts";

/**
 * Conversations that begin with the same message, so that programs which ask the same at the same time wait for one another as little
 * as possible.
 */
const places = 8;

interface KeptHistory {
  owner: string;
  history: readonly HistoryTurn[];
  settings: ConversationSettings;
}

interface HistoryDependencies {
  findHistory: FindHistory;
  importConversation: ImportConversation;
}

/** Where a message with a history goes: behind the turn that the history ends with, or to the start of a conversation. */
export interface HistoryPlace {
  conversationId: string;
  after: string | null;
}

/**
 * Returns the place of the first message of a client that keeps the history itself. Its next request has this message as its history,
 * and finds it by it.
 * @param choice a number that differs between requests
 */
export function placeOfFirst(
  { owner, settings }: Omit<KeptHistory, "history">,
  message: string,
  choice: number,
): HistoryPlace {
  return { conversationId: idOfStart({ owner, settings }, message, choice % places), after: null };
}

/**
 * Returns the turn that a history ends with: one of ours, if the client has repeated what we have answered. Any other history is imported, once,
 * so that the model reads what the client has sent.
 * @throws HttpProblem 400 for a history that is too long; 409 too_many_conversations; 413 storage_full
 */
export async function placeOfHistory(
  { findHistory, importConversation }: HistoryDependencies,
  kept: KeptHistory,
  field: string,
): Promise<HistoryPlace> {
  const { owner, history, settings } = kept;
  const [first] = history;
  if (!first) throw new Error("There is no history.");
  if (history.length > maxImportedTurns) {
    throw refusal(field, `must have at most ${maxImportedTurns} earlier messages`);
  }
  const keys = keysOf(kept);
  const texts = history.map((turn) =>
    conform(writtenText(maxImportBytes), importedText(turn), field),
  );
  const turns = history.map((turn, index) => ({
    message: turn.message,
    answers: [turn.texts.join(""), texts[index] ?? ""],
  }));
  const conversationIds = [
    ...Array.from({ length: places }, (_, place) => idOfStart(kept, first.message, place)),
    ...keys.map((key) => importedIdOf(owner, key)),
  ];
  const find = () => findHistory({ owner, conversationIds, turns });
  const known = await find();
  if (known) return { conversationId: known.conversationId, after: known.turnId };
  const stored = await importConversation({
    ...{ owner, settings, title: conversationTitle(first.message) },
    turns: history.map(({ message }, index) => ({ message, text: texts[index] ?? "" })),
    idempotencyKey: keys.at(-1),
  });
  if (stored.outcome !== "imported") throw noRoomForCopy(stored.outcome);
  const imported = await find();
  if (!imported) throw new Error("The imported history was not found.");
  return { conversationId: imported.conversationId, after: imported.turnId };
}

/** An import has no calls of tools, so the text says what they have returned. */
function importedText({ texts, calls }: HistoryTurn): string {
  const lines = calls.map(
    ({ name, input, output }) => `${name}(${input}) returned: ${output ?? ""}`,
  );
  return [...lines, ...texts.filter((text) => text !== "")].join("\n\n");
}

const idOfStart = (
  { owner, settings }: Omit<KeptHistory, "history">,
  message: string,
  place: number,
): string =>
  derivedIdOf({
    ...{ owner, protocol: "openai", field: "" },
    id: JSON.stringify(["start", settings, message, place]),
  });

/** Returns the key of each beginning of a history, the shortest first. */
function keysOf({ history, settings }: KeptHistory): string[] {
  let key = JSON.stringify(settings);
  return history.map((turn) => {
    const hash = createHash("sha256")
      .update(JSON.stringify([key, turn]))
      .digest("hex");
    key = `openai-history:${hash}`;
    return key;
  });
}
