import { acceptTurn } from "#lib/conversations/accept-turn.ts";
import { databaseOf, limitedParts } from "../parts.ts";
import { createChatPost } from "./route.ts";

const parts = limitedParts("chat-post", "chatPost");
const database = databaseOf(parts);

// Only what it needs of the turns: the rest brings LangGraph into the bundle.
export const handler = createChatPost({
  ...parts,
  messageLimit: parts.config.messageLimit,
  turns: { accept: (message) => acceptTurn(database, message, parts.config.ownerBounds) },
});
