import * as v from "valibot";
import type { TurnState } from "#lib/contract/chat.ts";
import { ConversationSettings } from "#lib/contract/conversation-settings.ts";
import type { Database } from "#lib/platform/postgres.ts";
import { readTurnState } from "./turn-state.ts";

export interface OwnTurn {
  turn: TurnState;
  /** Of the turn's conversation. */
  settings: ConversationSettings;
}

export type FindOwnTurn = (owner: string, turnId: string) => Promise<OwnTurn | undefined>;

/** Reads a turn of an owner who does not name its conversation. */
export const createFindOwnTurn =
  (database: Database): FindOwnTurn =>
  async (owner, turnId) => {
    const [row] = await database.query({
      text: `
        select turn_states.*, (select settings from conversations where id = conversation_id) as settings
        from turn_states where turn_id = $1 and owner = $2`,
      params: [turnId, owner],
    });
    return (
      row && { turn: readTurnState(row), settings: v.parse(ConversationSettings, row.settings) }
    );
  };

/** Returns the settings of a conversation, or undefined if the owner has no such conversation. */
export const createFindSettings =
  (database: Database) =>
  async (owner: string, conversationId: string): Promise<ConversationSettings | undefined> => {
    const [row] = await database.query({
      text: "select settings from conversations where id = $1 and owner = $2",
      params: [conversationId, owner],
    });
    return row && v.parse(ConversationSettings, row.settings);
  };
