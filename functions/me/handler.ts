import { sessionParts } from "../parts.ts";
import { createMe } from "./route.ts";

export const handler = createMe(sessionParts("me"));
