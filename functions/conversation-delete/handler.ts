import { conversationsOf, limitedParts } from "../parts.ts";
import { createConversationDelete } from "./route.ts";

const parts = limitedParts("conversation-delete", "conversations");

export const handler = createConversationDelete({
  ...parts,
  conversations: conversationsOf(parts),
});
