import { limitedParts, turnsOf } from "../parts.ts";
import { createChatStop } from "./route.ts";

const parts = limitedParts("chat-stop", "chatStop");

export const handler = createChatStop({ ...parts, turns: turnsOf(parts) });
