import { sessionParts } from "../parts.ts";
import { createMe } from "./route.ts";

const parts = sessionParts("me");

export const handler = createMe({ ...parts, messageLimit: parts.config.messageLimit });
