import { limitedParts, turnsOf } from "../parts.ts";
import { createChatPost } from "./route.ts";

const parts = limitedParts("chat-post", "chatPost");

export const handler = createChatPost({ ...parts, turns: turnsOf(parts) });
