import { conversationsOf, limitedParts } from "../parts.ts";
import { createConversationUpdate } from "./route.ts";

const parts = limitedParts("conversation-update", "conversations");

export const handler = createConversationUpdate({
  ...parts,
  conversations: conversationsOf(parts),
});
