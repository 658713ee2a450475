import { conversationsOf, limitedParts } from "../parts.ts";
import { createConversationGet } from "./route.ts";

const parts = limitedParts("conversation-get", "conversations");

export const handler = createConversationGet({ ...parts, conversations: conversationsOf(parts) });
