import { stopTurn } from "#lib/conversations/stop-turn.ts";
import { databaseOf, limitedParts } from "../parts.ts";
import { createChatStop } from "./route.ts";

const parts = limitedParts("chat-stop", "chatStop");
const database = databaseOf(parts);

export const handler = createChatStop({
  ...parts,
  turns: { stop: (turn) => stopTurn(database, turn) },
});
