import { conversationsOf, limitedParts } from "../parts.ts";
import { createConversationList } from "./route.ts";

const parts = limitedParts("conversation-list", "conversations");

export const handler = createConversationList({ ...parts, conversations: conversationsOf(parts) });
