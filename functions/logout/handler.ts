import { sessionParts } from "../parts.ts";
import { createLogout } from "./route.ts";

export const handler = createLogout(sessionParts("logout"));
